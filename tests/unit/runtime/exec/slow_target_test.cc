// A target that takes its time: sources wait, barriers and rows inside pass, the end waits.
#include <gtest/gtest.h>

#include <atomic>

#include "runtime/connector/sink_connector.h"
#include "runtime/exec/job.h"
#include "runtime/exec/memory_connectors.h"
#include "runtime/exec/thread_scheduler.h"
#include "tests/unit/runtime/exec/sample_plan.h"

namespace weir {
namespace {

constexpr int64_t kRoom = 2'000;

/// Rows that the target has been given and has acknowledged.
struct Target {
  std::atomic<int64_t> taken{0};
  std::atomic<int64_t> acknowledged{0};
  std::atomic<bool> answers{false};
  std::atomic<int64_t> most_waiting{0};

  int64_t waiting() const { return taken - acknowledged; }
  void Answer() {
    if (answers) acknowledged = taken.load();
  }
};

class SlowWriter final : public SinkWriter {
 public:
  explicit SlowWriter(Target* target) : target_(target) {}
  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch& batch) override {
    target_->taken += batch.num_rows();
    target_->most_waiting = std::max(target_->most_waiting.load(), target_->waiting());
    return Status::Ok();
  }
  Status Freeze(uint64_t) override { return Status::Ok(); }
  Status Deliver(std::vector<RefusedRow>&) override { return Status::Ok(); }
  bool HasUndelivered() const override { return target_->waiting() > 0; }

 private:
  Target* target_;
};

class SlowSink final : public SinkConnector {
 public:
  explicit SlowSink(Target* target) : target_(target) {}
  Status Open() override { return Status::Ok(); }
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t) override {
    return std::unique_ptr<SinkWriter>(std::make_unique<SlowWriter>(target_));
  }
  bool HasRoom() const override { return target_->waiting() < kRoom; }

 private:
  Target* target_;
};

/// The memory connectors with one sink that belongs to the test.
class SlowConnectors final : public JobConnectors {
 public:
  SlowConnectors(MemoryConnectors* inner, Target* target) : inner_(inner), target_(target) {}
  Result<std::unique_ptr<SourceConnector>> MakeSource(const plan::SourceNode& node,
                                                      const JobOptions& options) override {
    return inner_->MakeSource(node, options);
  }
  Result<std::unique_ptr<TableConnector>> MakeTable(const plan::TableSpec& table,
                                                    const JobOptions& options) override {
    return inner_->MakeTable(table, options);
  }
  Result<std::unique_ptr<SinkConnector>> MakeSink(const plan::LogicalPlan&, const plan::SinkNode&,
                                                  const JobOptions&) override {
    return std::unique_ptr<SinkConnector>(std::make_unique<SlowSink>(target_));
  }
  Result<std::unique_ptr<SinkConnector>> MakeView(const plan::LogicalPlan& plan,
                                                  const plan::ViewNode& node,
                                                  const JobOptions& options) override {
    return inner_->MakeView(plan, node, options);
  }

 private:
  MemoryConnectors* inner_;
  Target* target_;
};

class SlowTarget : public testing::TestWithParam<uint32_t> {
 protected:
  void Start(int64_t records, bool ended) {
    for (int64_t i = 0; i < records; ++i) memory_.Give("events", SampleRecord(i % 97, 1, i / 50));
    if (ended) memory_.End();
    JobOptions options;
    options.workers = GetParam();
    options.batch_rows = 64;
    options.channel_bytes = 4 << 10;
    options.clock = &SystemClock::Instance();
    options.connectors = &connectors_;
    options.checkpoint_every = 1'000;
    auto job = Job::Build(SamplePlan(), options);
    ASSERT_TRUE(job.ok()) << job.status().ToString();
    job_ = std::move(*job);
    ASSERT_TRUE(job_->Start().ok());
  }

  Target target_;
  MemoryConnectors memory_{4};
  SlowConnectors connectors_{&memory_, &target_};
  std::unique_ptr<Job> job_;
};

TEST_P(SlowTarget, SourcesWaitBarriersPassAndNothingIsLost) {
  constexpr int64_t kRecords = 40'000;
  Start(kRecords, /*ended=*/true);
  ThreadScheduler scheduler;
  int64_t stood_at = -1;
  int64_t committed = 0;
  const Status status = scheduler.Run(*job_, [&] {
    // Silent until a few checkpoints have passed while no row was taken; then it answers.
    const int64_t taken = target_.taken;
    if (taken >= kRoom && taken != stood_at) {
      stood_at = taken;
      committed = job_->coordinator().committed();
    } else if (taken == stood_at && job_->coordinator().committed() >= committed + 3) {
      target_.answers = true;
    }
    target_.Answer();
  });
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_TRUE(job_->Close().ok());
  EXPECT_GT(stood_at, 0) << "sources never waited";
  EXPECT_EQ(target_.acknowledged, kRecords);
  // What is in channels and batches comes all the same: bounded, but not by kRoom.
  EXPECT_LT(target_.most_waiting, kRecords / 2);
  EXPECT_EQ(job_->CheckLedgers(), "");
}

TEST_P(SlowTarget, TheEndWaitsForTheTarget) {
  Start(500, /*ended=*/true);
  ThreadScheduler scheduler;
  int polls = 0;
  ASSERT_TRUE(scheduler
                  .Run(*job_,
                       [&] {
                         if (target_.taken == 500 && ++polls > 3) target_.answers = true;
                         target_.Answer();
                       })
                  .ok());
  EXPECT_EQ(target_.acknowledged, 500);
  EXPECT_GT(polls, 3);
  ASSERT_TRUE(job_->Close().ok());
}

TEST_P(SlowTarget, AStopDoesNotWaitForEver) {
  memory_.Give("events", SampleRecord(1, 1, 1));
  ManualClock clock(0);
  JobOptions options;
  options.workers = GetParam();
  options.clock = &clock;
  options.connectors = &connectors_;
  auto job = Job::Build(SamplePlan(), options);
  ASSERT_TRUE(job.ok());
  ASSERT_TRUE((*job)->Start().ok());
  ThreadScheduler scheduler;
  const Status status = scheduler.Run(**job, [&] {
    if (target_.taken == 1) (*job)->RequestStop();
    if ((*job)->stop_requested()) clock.AdvanceTo(clock.Now() + 5 * kMicrosPerSecond);
  });
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.ToString().find("did not answer"), std::string::npos) << status.ToString();
}

INSTANTIATE_TEST_SUITE_P(Workers, SlowTarget, testing::Values(1u, 2u, 5u));

}  // namespace
}  // namespace weir
