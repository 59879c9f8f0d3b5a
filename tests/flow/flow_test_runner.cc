// Runs .test files (README.md) under one configuration: flow_test_runner [--update]
// [--config FILE] PATH…; folders are searched. Exit code 1 when a file fails.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/flow/flow_test_run.h"

namespace {

using weir::FlowTestConfig;
namespace fs = std::filesystem;

FlowTestConfig ReadConfig(const std::string& path) {
  FlowTestConfig config;
  std::ifstream in(path);
  const auto json = nlohmann::json::parse(in);
  config.name = fs::path(path).stem().string();
  config.job.workers = json.value("workers", 1u);
  config.job.batch_rows = json.value("batch_rows", 2048u);
  config.job.partitions = json.value("partitions", size_t{1});
  config.job.channel_bytes = json.value("channel_bytes", size_t{4} << 20);
  config.job.state_memory = json.value("state_memory", size_t{0});
  config.job.seed = json.value("seed", uint64_t{1});
  config.runs = json.value("runs", 1u);
  config.optimize = json.value("optimizer", true);
  config.format_first = json.value("format_first", false);
  config.restart_workers = json.value("restart_workers", std::vector<uint32_t>());
  config.job.crash_workers = json.value("crash_workers", std::vector<uint32_t>());
  return config;
}

std::vector<std::string> FindTests(const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      found.push_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".test") found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  bool update = false;
  FlowTestConfig config;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--update") {
      update = true;
    } else if (argument == "--config" && i + 1 < argc) {
      config = ReadConfig(argv[++i]);
    } else {
      paths.push_back(argument);
    }
  }
  int passed = 0, failed = 0, skipped = 0;
  for (const std::string& path : FindTests(paths)) {
    const weir::FlowTestFile file = weir::ReadFlowTest(path);
    if (const auto skip = file.skips.find(config.name); skip != file.skips.end()) {
      fmt::print("skipped {}: {}\n", path, skip->second);
      ++skipped;
      continue;
    }
    weir::FlowTestOutcome outcome;
    for (uint32_t run = 0; run < config.runs && outcome.problems.empty(); ++run) {
      FlowTestConfig seeded = config;
      seeded.job.seed += run;
      outcome = weir::RunFlowTest(file, seeded);
    }
    ++(outcome.problems.empty() ? passed : failed);
    for (const std::string& problem : outcome.problems) fmt::print("FAILED {}\n", problem);
    if (update && !outcome.problems.empty()) {
      std::ofstream(path) << weir::WriteFlowTest(outcome.updated);
    }
  }
  fmt::print("{}: {} passed, {} failed, {} skipped\n", config.name, passed, failed, skipped);
  return failed == 0 && passed > 0 ? 0 : 1;
}
