#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "compiler/plan/test_program.h"
#include "runtime/exec/test_job.h"

namespace weir {

/// Why a test failed: in the test's words, at the step (or the expected row) that did not hold.
struct TestFailure {
  Span span;
  std::string message;
  std::vector<std::string> notes;  ///< what came instead
};

struct TestResult {
  std::vector<TestFailure> failures;
  bool passed() const { return failures.empty(); }
};

/// Runs one `test` block. Goes on after a failed expectation, stops when the pipeline itself fails.
/// At the end the ledgers must add up.
TestResult RunTest(std::shared_ptr<const plan::PhysicalPlan> plan, const plan::TestCase& test,
                   const TestJob::Options& options);

}  // namespace weir
