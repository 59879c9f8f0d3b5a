// `simulation`: runs seeds; see README.md.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "compiler/flowc/frontend.h"
#include "tests/simulation/seed_run.h"

namespace weir::simulation {
namespace {

/// Every so many seeds one is run twice, to see that it leaves the same bytes.
constexpr uint64_t kTwiceEvery = 16;

struct Options {
  uint64_t first = 1;
  uint64_t seeds = 100;
  std::optional<uint64_t> only;
  std::string broken;
  std::string folder = "/dev/shm";
  bool verbose = false;
};

const std::map<std::string, BrokenRule> kRules = {
    {"rule1", BrokenRule::kRule1},   {"rule6", BrokenRule::kRule6},
    {"rule7", BrokenRule::kRule7},   {"rule12", BrokenRule::kRule12},
    {"rule17", BrokenRule::kRule17}, {"rule18", BrokenRule::kRule18}};

void Print(const SeedRun& run, bool problems) {
  for (const std::string& line : run.trace()) fmt::print("  {}\n", line);
  if (!problems) return;
  for (const std::string& problem : run.problems()) fmt::print("  VIOLATED {}\n", problem);
}

int Simulate(const Options& options) {
  const std::string root = fmt::format("{}/weir-simulation-{}", options.folder, ::getpid());
  CompiledPipelines pipelines(root + "/disk");
  const flowc::Frontend frontend;
  Trail trail;
  World world{root, &pipelines, &frontend.connectors(), &trail, options.verbose};
  const BrokenRule broken = options.broken.empty() ? BrokenRule::kNone : kRules.at(options.broken);
  const uint64_t first = options.only.value_or(options.first);
  const uint64_t seeds = options.only ? 1 : options.seeds;
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  uint64_t lives = 0, failed = 0;
  double said = 0;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    SeedRun run(world, seed, broken);
    if (!run.IsAbout(broken)) continue;
    bool good = run.Run();
    if (good && broken == BrokenRule::kNone && seed % kTwiceEvery == 0) {
      SeedRun again(world, seed, broken);
      (void)again.Run();
      if (again.digest() != run.digest()) {
        run.NotTheSame();
        good = false;
      }
    }
    lives += run.lives();
    if (options.only) Print(run, false);
    if (!good) {
      ++failed;
      fmt::print("seed {} violates{}; replay with: simulation --seed {}{}\n", seed,
                 options.broken.empty() ? "" : " (as it should)", seed,
                 options.broken.empty() ? "" : " --break " + options.broken);
      Print(run, true);
      if (broken != BrokenRule::kNone) break;
    }
    if (seconds() - said < 5) continue;
    said = seconds();
    fmt::print("{} of {} seeds, {} lives, {} violations, {:.1f} seeds/s\n", seed - first + 1, seeds,
               lives, failed, static_cast<double>(seed - first + 1) / said);
    std::fflush(stdout);
  }
  std::error_code ignored;
  std::filesystem::remove_all(root, ignored);
  fmt::print("{} seeds, {} lives, {} violations, {:.1f} s\n", seeds, lives, failed, seconds());
  if (broken != BrokenRule::kNone) return failed > 0 ? 0 : 1;
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace weir::simulation

int main(int argc, char** argv) {
  // All of the libraries' calls are looked up here, not again in the process of each life.
  if (std::getenv("LD_BIND_NOW") == nullptr) {
    ::setenv("LD_BIND_NOW", "1", 1);
    ::execv("/proc/self/exe", argv);
  }
  weir::simulation::Options options;
  CLI::App app("Runs the whole engine from seeds, with faults, and checks what it guarantees");
  app.add_option("--seeds", options.seeds, "How many")->capture_default_str();
  app.add_option("--first", options.first, "The first one")->capture_default_str();
  app.add_option("--seed", options.only, "Only this one, with the trace of its choices");
  app.add_option("--break", options.broken,
                 "Break a rule of the guarantees: a violation must be found (exit code 0 then)")
      ->check(CLI::IsMember({"rule1", "rule6", "rule7", "rule12", "rule17", "rule18"}));
  app.add_option("--folder", options.folder, "Where its disk is")->capture_default_str();
  app.add_flag("--verbose", options.verbose, "The engine's own log, on stderr");
  CLI11_PARSE(app, argc, argv);
  return weir::simulation::Simulate(options);
}
