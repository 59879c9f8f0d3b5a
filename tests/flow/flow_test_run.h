#pragma once

#include <string>
#include <vector>

#include "runtime/exec/test_job.h"
#include "tests/flow/flow_test_file.h"

namespace weir {

/// How all files are run: one entry of the matrix, from configs/<name>.json.
struct FlowTestConfig {
  std::string name = "default";
  TestJob::Options job;
  uint32_t runs = 1;  ///< of each file, each with another seed
  bool optimize = true;
  bool format_first = false;
  /// Restart after every step, with these numbers of workers in turn.
  std::vector<uint32_t> restart_workers;
};

struct FlowTestOutcome {
  std::vector<std::string> problems;  ///< empty: passed
  FlowTestFile updated;               ///< with what really came out
};

FlowTestOutcome RunFlowTest(const FlowTestFile& file, const FlowTestConfig& config);

}  // namespace weir
