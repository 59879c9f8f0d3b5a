#include "runtime/exec/thread_scheduler.h"

#include <gtest/gtest.h>

#include "runtime/exec/job.h"
#include "runtime/exec/memory_connectors.h"
#include "tests/unit/runtime/exec/sample_plan.h"

namespace weir {
namespace {

int64_t Absorbed(const Job& job) {
  for (const NamedLedger& named : job.Ledgers()) {
    if (named.name == "out") return named.ledger.absorbed;
  }
  return -1;
}

class ThreadSchedulerWorkers : public testing::TestWithParam<uint32_t> {};

TEST_P(ThreadSchedulerWorkers, RunsToTheEndWithCheckpointsOnTheWay) {
  MemoryConnectors connectors(4);
  constexpr int64_t kRecords = 40'000;
  for (int64_t i = 0; i < kRecords; ++i) connectors.Give("events", SampleRecord(i % 97, 1, i / 50));
  connectors.End();
  const auto state = MakeMemoryStateBackend();
  JobOptions options;
  options.workers = GetParam();
  options.batch_rows = 256;
  options.channel_bytes = 16 << 10;
  options.clock = &SystemClock::Instance();
  options.connectors = &connectors;
  options.state = state.get();
  options.checkpoint_every = 2'000;
  auto job = Job::Build(SamplePlan(), options);
  ASSERT_TRUE(job.ok()) << job.status().ToString();
  ASSERT_TRUE((*job)->Start().ok());
  ThreadScheduler scheduler;
  const Status status = scheduler.Run(**job, [&] { (*job)->LiveLedgers(); });
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_TRUE((*job)->Close().ok());
  EXPECT_EQ((*job)->CheckLedgers(), "");
  EXPECT_EQ(Absorbed(**job), kRecords);
  EXPECT_GE((*job)->coordinator().committed(), 1);
  EXPECT_EQ(state->last_epoch(), static_cast<uint64_t>((*job)->coordinator().committed()));
}

TEST_P(ThreadSchedulerWorkers, AStopDrainsWhatWasRead) {
  MemoryConnectors connectors(2);
  for (int64_t i = 0; i < 5'000; ++i) connectors.Give("events", SampleRecord(i % 97, 1, i / 50));
  JobOptions options;
  options.workers = GetParam();
  options.clock = &SystemClock::Instance();
  options.connectors = &connectors;
  auto job = Job::Build(SamplePlan(), options);
  ASSERT_TRUE(job.ok());
  ASSERT_TRUE((*job)->Start().ok());
  ThreadScheduler scheduler;
  ASSERT_TRUE(scheduler.Run(**job, [&] { (*job)->RequestStop(); }).ok());
  ASSERT_TRUE((*job)->Close().ok());
  EXPECT_EQ((*job)->CheckLedgers(), "");
}

INSTANTIATE_TEST_SUITE_P(Workers, ThreadSchedulerWorkers, testing::Values(1u, 2u, 5u));

}  // namespace
}  // namespace weir
