// `simulation`: runs seeds; see README.md.
#include <fmt/format.h>
#include <sys/wait.h>
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
constexpr double kSayEvery = 5;

struct Options {
  uint64_t first = 1;
  uint64_t seeds = 100;
  uint64_t jobs = 1;  ///< processes that share the seeds
  std::optional<uint64_t> only;
  std::string broken;
  std::string folder = "/dev/shm";
  bool verbose = false;
  std::string dump;
};

const std::map<std::string, BrokenRule> kRules = {
    {"rule1", BrokenRule::kRule1},   {"rule6", BrokenRule::kRule6},
    {"rule7", BrokenRule::kRule7},   {"rule12", BrokenRule::kRule12},
    {"rule17", BrokenRule::kRule17}, {"rule18", BrokenRule::kRule18}};

class Simulation {
 public:
  explicit Simulation(const Options& options)
      : options_(options),
        root_(fmt::format("{}/weir-simulation-{}", options.folder, ::getpid())),
        pipelines_(root_ + "/disk"),
        world_{root_,
               &pipelines_,
               &frontend_.connectors(),
               &trail_,
               options.verbose,
               options.dump.empty() ? nullptr : std::fopen(options.dump.c_str(), "w")} {}
  ~Simulation() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
    if (world_.dump != nullptr) std::fclose(world_.dump);
  }
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Violations.
  uint64_t Run(const std::string& rule);

 private:
  bool RunSeed(SeedRun& run, uint64_t seed, BrokenRule broken);
  void Say(uint64_t seed, const SeedRun& run, const std::string& rule) const;
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  const Options& options_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const std::string root_;
  CompiledPipelines pipelines_;
  const flowc::Frontend frontend_;
  Trail trail_;
  const World world_;
};

bool Simulation::RunSeed(SeedRun& run, uint64_t seed, BrokenRule broken) {
  if (!run.Run()) return false;
  if (broken != BrokenRule::kNone || run.was_full()) return true;
  if (seed % kTwiceEvery != 0 && !options_.only) return true;
  SeedRun again(world_, seed, broken);
  (void)again.Run();
  if (again.digest() == run.digest()) return true;
  run.NotTheSame();
  return false;
}

void Simulation::Say(uint64_t seed, const SeedRun& run, const std::string& rule) const {
  fmt::print("seed {} violates{}; replay with: simulation --seed {}{}\n", seed,
             rule.empty() ? "" : " (as it should)", seed, rule.empty() ? "" : " --break " + rule);
  for (const std::string& line : run.trace()) fmt::print("  {}\n", line);
  for (const std::string& problem : run.problems()) fmt::print("  VIOLATED {}\n", problem);
}

uint64_t Simulation::Run(const std::string& rule) {
  const BrokenRule broken = rule.empty() ? BrokenRule::kNone : kRules.at(rule);
  const uint64_t first = options_.only.value_or(options_.first);
  const uint64_t seeds = options_.only ? 1 : options_.seeds;
  const double began = Seconds();
  uint64_t lives = 0, failed = 0, done = 0;
  double said = began;
  const auto totals = [&] {
    const double took = Seconds() - began;
    return fmt::format("{} of {} seeds, {} lives, {} violations, {:.1f} s, {:.1f} seeds/s", done,
                       seeds, lives, failed, took, static_cast<double>(done) / took);
  };
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    ++done;
    SeedRun run(world_, seed, broken);
    if (!run.IsAbout(broken)) continue;
    const bool good = RunSeed(run, seed, broken);
    lives += run.lives();
    if (!good) {
      ++failed;
      Say(seed, run, rule);
      if (broken != BrokenRule::kNone) break;
    } else if (options_.only) {
      for (const std::string& line : run.trace()) fmt::print("  {}\n", line);
      fmt::print("  digest {:016x}\n", run.digest());
    }
    if (Seconds() - said < kSayEvery) continue;
    said = Seconds();
    fmt::print("{}\n", totals());
    std::fflush(stdout);
  }
  fmt::print("{}{}\n", rule.empty() ? "" : rule + " broken: ", totals());
  return failed;
}

/// Each process takes a run of the seeds.
int Share(const Options& options) {
  int failed = 0;
  const auto start = std::chrono::steady_clock::now();
  for (uint64_t job = 0; job < options.jobs; ++job) {
    const uint64_t begin = options.seeds * job / options.jobs;
    const uint64_t end = options.seeds * (job + 1) / options.jobs;
    if (::fork() != 0) continue;
    Options share = options;
    share.first = options.first + begin;
    share.seeds = end - begin;
    int code = 0;
    {
      Simulation simulation(share);
      code = simulation.Run("") == 0 ? 0 : 1;
    }
    std::fflush(nullptr);
    ::_exit(code);
  }
  int status = 0;
  while (::wait(&status) > 0) failed += status != 0 ? 1 : 0;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("{} seeds in {:.1f} s, {:.1f} seeds/s: {}\n", options.seeds, seconds,
             static_cast<double>(options.seeds) / seconds,
             failed == 0 ? "no violation" : "violations, see above");
  return failed == 0 ? 0 : 1;
}

/// Each broken rule must be noticed.
int Catch(Simulation& simulation, const std::string& rules) {
  int missed = 0;
  for (const auto& [rule, broken] : kRules) {
    if (rules != "all" && rules != rule) continue;
    if (simulation.Run(rule) > 0) continue;
    fmt::print("{} is broken, and nothing was noticed\n", rule);
    ++missed;
  }
  return missed == 0 ? 0 : 1;
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
  app.add_option("--jobs", options.jobs, "Processes that share them")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  app.add_option("--seed", options.only, "Only this one, with the trace of its choices");
  app.add_option("--break", options.broken,
                 "Break a rule of the guarantees, or all in turn: exit code 0 if that is noticed")
      ->check(CLI::IsMember({"all", "rule1", "rule6", "rule7", "rule12", "rule17", "rule18"}));
  app.add_option("--folder", options.folder, "Where its disk is")->capture_default_str();
  app.add_option("--dump", options.dump, "With --seed: everything that its lives do, as text")
      ->type_name("FILE");
  app.add_flag("--verbose", options.verbose, "The engine's own log, on stderr");
  CLI11_PARSE(app, argc, argv);
  if (options.jobs > 1 && !options.only) return weir::simulation::Share(options);
  weir::simulation::Simulation simulation(options);
  if (!options.broken.empty()) return weir::simulation::Catch(simulation, options.broken);
  return simulation.Run("") == 0 ? 0 : 1;
}
