#include "runtime/exec/drift_guard.h"

#include <gtest/gtest.h>

#include "compiler/plan/source_node.h"
#include "runtime/exec/job_options.h"
#include "runtime/exec/memory_connectors.h"
#include "runtime/exec/source_task.h"
#include "tests/unit/runtime/exec/sample_plan.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

TEST(DriftGuard, OnlyTheSlowestIsSureToGoOn) {
  DriftGuard guard(2, 10 * kSecond);
  EXPECT_FALSE(guard.MustWait(1000 * kSecond));  // nobody holds anybody back yet
  guard.Report(0, 100 * kSecond);
  EXPECT_FALSE(guard.MustWait(110 * kSecond));
  EXPECT_TRUE(guard.MustWait(111 * kSecond));
  guard.Report(1, kMinTimestamp);  // not read yet
  EXPECT_TRUE(guard.MustWait(100 * kSecond));
  EXPECT_FALSE(guard.MustWait(kMinTimestamp));
  guard.Report(1, kMaxTimestamp);  // at its end
  guard.Report(0, kMaxTimestamp);
  EXPECT_FALSE(guard.MustWait(111 * kSecond));
}

/// Keeps the largest event time of the rows that a task emits.
class LastTime final : public Output {
 public:
  void Batch(const RecordBatch& batch) override {
    const ColumnView<Micros> times(*batch.hidden().event_time);
    batch.rows().ForEach([&](RowIndex row) { last = std::max(last, times[row] / kSecond); });
  }
  void Send(const Control&) override {}
  int64_t last = -1;
};

/// One source with two partitions, the first on worker 0 and the other on worker 1.
class SourceDriftTest : public testing::Test {
 protected:
  struct Reader {
    WorkerContext context;
    std::unique_ptr<SourceTask> task;
    LastTime out;
  };

  void Start(Micros drift) {
    clock_.AdvanceTo(3600 * kSecond);
    const auto& node = static_cast<const plan::SourceNode&>(*plan_->nodes[0].logical);
    JobOptions options;
    connector_ = *connectors_.MakeSource(node, options);
    ASSERT_TRUE(connector_->Open().ok());
    const auto guard = std::make_shared<DriftGuard>(2, drift);
    for (uint32_t worker = 0; worker < 2; ++worker) {
      Reader& reader = readers_[worker];
      reader.task = std::make_unique<SourceTask>(node, 0, &reader.context);
      reader.task->Share(guard);
      OperatorContext context;
      context.worker = worker;
      context.num_workers = 2;
      context.clock = &clock_;
      context.batch_rows = 1;
      ASSERT_TRUE(reader.task->Open(context, *connector_).ok());
      reader.task->port(0).Connect(&reader.out);
    }
    for (Reader& reader : readers_) ASSERT_TRUE(reader.task->Start(clock_.Now()).ok());
  }

  /// Until there is nothing that may be read; then when it wants to look again.
  Micros RunAll(Reader& reader) {
    SourceTask::Progress progress{true, 0};
    while (progress.worked) progress = reader.task->RunOnce(clock_.Now());
    EXPECT_TRUE(reader.context.failure.ok()) << reader.context.failure.message();
    return progress.wake_at;
  }

  std::shared_ptr<const plan::PhysicalPlan> plan_ = SamplePlan();
  MemoryConnectors connectors_{2};
  ManualClock clock_;
  std::unique_ptr<SourceConnector> connector_;
  Reader readers_[2];
};

TEST_F(SourceDriftTest, APartitionWaitsForTheSlowestOneOnAnotherWorker) {
  for (int64_t i = 0; i < 10; ++i) {  // records go to the partitions in turn
    connectors_.Give("events", SampleRecord(1, 1, i));
    connectors_.Give("events", SampleRecord(1, 1, 60 * i));
  }
  Start(100 * kSecond);
  Reader& slow = readers_[0];
  Reader& fast = readers_[1];
  // Nothing is known of the slow one: the first record shows where the fast one is, and no more.
  Micros wake_at = RunAll(fast);
  EXPECT_EQ(fast.out.last, 0);
  EXPECT_GT(wake_at, clock_.Now());
  EXPECT_LT(wake_at, clock_.Now() + kSecond);
  slow.task->RunOnce(clock_.Now());
  RunAll(fast);
  EXPECT_EQ(fast.out.last, 120);  // with its lag of 2 s, 118 is more than 100 ahead of -2
  for (int i = 0; i < 8; ++i) slow.task->RunOnce(clock_.Now());
  EXPECT_EQ(slow.out.last, 8);
  RunAll(fast);
  EXPECT_EQ(fast.out.last, 120);
  // At its end the slow one holds nobody back.
  RunAll(slow);
  RunAll(fast);
  EXPECT_EQ(fast.out.last, 540);
}

TEST_F(SourceDriftTest, AnEndedPartitionHoldsNobodyBack) {
  connectors_.Give("events", SampleRecord(1, 1, 0));
  for (int64_t i = 0; i < 5; ++i) connectors_.Give("events", SampleRecord(1, 1, 1000 * i));
  connectors_.End();
  Start(kSecond);
  for (int i = 0; i < 10; ++i) {
    RunAll(readers_[0]);
    RunAll(readers_[1]);
  }
  EXPECT_TRUE(readers_[0].task->ended());
  EXPECT_TRUE(readers_[1].task->ended());
}

}  // namespace
}  // namespace weir
