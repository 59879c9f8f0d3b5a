// What a ledger that does not add up does to a run, as the pipeline's `ledger` setting says.
#include <gtest/gtest.h>

#include "runtime/exec/job.h"
#include "runtime/exec/memory_connectors.h"
#include "runtime/exec/seeded_scheduler.h"
#include "runtime/state/state_backend.h"
#include "tests/unit/runtime/exec/sample_plan.h"

namespace weir {
namespace {

class LedgerWarnTest : public ::testing::TestWithParam<bool> {
 protected:
  /// Two checkpoints of a job in which one stage has lost a row.
  void RunWithALostRow() {
    const std::shared_ptr<const plan::PhysicalPlan> plan = SamplePlan();
    const_cast<plan::LogicalPlan&>(*plan->logical).settings.ledger_warns = GetParam();
    memory_.Give("events", SampleRecord(1, 1, 1));
    JobOptions options;
    options.clock = &clock_;
    options.connectors = &memory_;
    options.checkpoint_every = 0;
    state_ = MakeMemoryStateBackend();
    options.state = state_.get();
    auto job = Job::Build(plan, options);
    ASSERT_TRUE(job.ok()) << job.status().ToString();
    job_ = std::move(*job);
    ASSERT_TRUE(job_->Start().ok());
    SeededScheduler scheduler(job_.get(), 1);
    ASSERT_TRUE(scheduler.RunToQuiescence().ok());
    for (const auto& task : job_->workers()[0]->tasks()) {
      if (task->name() != "kept") continue;
      NodeAccount account = task->Account();
      ++account.ledger.rows_in;
      task->SetAccount(account);
    }
    for (int checkpoint = 0; checkpoint < 3; ++checkpoint) {
      job_->coordinator().RequestCheckpoint();
      clock_.AdvanceTo(clock_.Now() + 5 * kMicrosPerSecond);
      ended_ = scheduler.RunToQuiescence();
    }
  }

  ManualClock clock_;
  MemoryConnectors memory_{1};
  std::unique_ptr<StateBackend> state_;
  std::unique_ptr<Job> job_;
  Status ended_;
};

TEST_P(LedgerWarnTest, TheFirstViolationFailsACheckpointTheSecondTheRunUnlessAsked) {
  RunWithALostRow();
  EXPECT_EQ(job_->coordinator().failed_checkpoints(), GetParam() ? 1 : 2);
  EXPECT_EQ(job_->coordinator().done(), !GetParam());
  EXPECT_EQ(job_->coordinator().failure().ok(), GetParam());
  EXPECT_EQ(job_->coordinator().committed() > 0, GetParam());
  EXPECT_NE(job_->CheckLedgers(), "");
}

INSTANTIATE_TEST_SUITE_P(, LedgerWarnTest, ::testing::Bool(),
                         [](const auto& test_case) { return test_case.param ? "Warn" : "Strict"; });

}  // namespace
}  // namespace weir
