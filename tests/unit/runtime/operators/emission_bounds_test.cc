// What comes out of one call is bounded, however much is due (guarantees.md rule 18).
#include <gtest/gtest.h>

#include <set>

#include "runtime/operators/process_operator.h"
#include "runtime/operators/running_aggregate_operator.h"
#include "runtime/operators/session_operator.h"
#include "runtime/operators/session_window_operator.h"
#include "runtime/operators/top_operator.h"
#include "runtime/operators/window_aggregate_operator.h"
#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"
#include "tests/unit/runtime/operators/small_aggregates.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;
constexpr uint32_t kBatch = 64;
constexpr int64_t kManyKeys = 3000;

SchemaPtr InputSchema() {
  return Schema::Make({{"k", DataType::Int64(), {}}, {"v", DataType::Int64(), {}}});
}

/// A row of every key, all at about the same time.
std::vector<TestRow> ARowOfEachKey(Micros time) {
  std::vector<TestRow> rows;
  for (int64_t key = 0; key < kManyKeys; ++key) {
    rows.push_back({{Value::Int64(key), Value::Int64(1)}, time + key, kMinTimestamp});
  }
  return rows;
}

std::vector<plan::ExprPtr> Key() { return {Col(0, DataType::Int64(), "k")}; }

plan::AggregateNode Aggregate(plan::WindowKind kind, bool on_update) {
  plan::AggregateNode node;
  node.name = "s/aggregate";
  node.keys = Key();
  node.aggregates = {ValuesOf(Col(1, DataType::Int64()))};
  node.window.kind = kind;
  node.window.size = 60 * kSecond;
  node.window.slide = 10 * kSecond;
  node.window.gap = 10 * kSecond;
  node.emit.on_close = true;
  node.emit.on_update = on_update;
  node.late = Discard("late");
  node.schema = Schema::Make({{"k", DataType::Int64(), {}},
                              {"window_start", DataType::Timestamp(), {}},
                              {"window_end", DataType::Timestamp(), {}},
                              {"window_closed", DataType::Bool(), {}},
                              {"values", DataType::String(), {}}});
  return node;
}

plan::SessionNode Session(bool on_update) {
  plan::SessionNode node;
  node.name = "s/session";
  node.program.keys = Key();
  node.program.registers = {2, 1, 0, 0};
  const plan::RegisterLayout& r = node.program.registers;
  node.program.output = {Col(r.key(0), DataType::Int64()),
                         Col(r.session_start(), DataType::Timestamp()),
                         Col(r.session_count(), DataType::Int64())};
  node.schema = Schema::Make({{"k", DataType::Int64(), {}},
                              {"start", DataType::Timestamp(), {}},
                              {"n", DataType::Int64(), {}}});
  node.gap = 10 * kSecond;
  node.emit.on_close = true;
  node.emit.on_update = on_update;
  node.error = node.late = Discard("bad");
  return node;
}

/// on event { n += v  set timer t = @1970-01-01T00:01:00Z }
plan::ProcessNode Process() {
  plan::ProcessNode node;
  node.name = "s/process";
  node.program.keys = Key();
  node.program.fields = {{"n", DataType::Int64(), Value::Int64(0), {}, {}}};
  node.program.registers = {2, 1, 1, 0};
  const int n = node.program.registers.state(0);
  plan::Statement set;
  set.kind = plan::Statement::Kind::kSetTimer;
  set.value = Lit(Value::Timestamp(60 * kSecond));
  node.program.on_event = {Assign(n, Add(Col(n, DataType::Int64()), Col(1, DataType::Int64()))),
                           set};
  node.program.timers = {"t"};
  node.program.on_timer = {{}};
  node.schema = Schema::Make({{"k", DataType::Int64(), {}}, {"n", DataType::Int64(), {}}});
  node.ttl = 100 * kSecond;
  node.error = Discard("bad");
  return node;
}

std::vector<plan::ExprPtr> KeyAndN(const plan::ProcessNode& node) {
  return {Col(node.program.registers.key(0), DataType::Int64()),
          Col(node.program.registers.state(0), DataType::Int64())};
}

/// Every key `times` times, never more than two batches in a call, and no call for nothing.
void ExpectInParts(OperatorHarness& harness, size_t times) {
  std::multiset<int64_t> keys;
  for (const EmittedRow& row : harness.Take()) keys.insert(row.values[0].as_int64());
  EXPECT_EQ(keys.size(), times * kManyKeys);
  for (int64_t key = 0; key < kManyKeys; ++key) ASSERT_EQ(keys.count(key), times) << key;
  EXPECT_LE(harness.most_at_once(), 2 * kBatch);
  EXPECT_LE(harness.calls(), 2 * (times + 2) * kManyKeys / kBatch);
  EXPECT_TRUE(harness.status().ok());
}

template <typename Op, typename Node>
OperatorHarness::Make Of(const Node& node) {
  return [&node] { return std::make_unique<Op>(node); };
}

TEST(EmissionBoundsTest, SessionsCloseInParts) {
  for (const bool on_update : {false, true}) {
    const plan::SessionNode node = Session(on_update);
    OperatorHarness harness(Of<SessionOperator>(node), InputSchema(), kBatch);
    harness.Process(ARowOfEachKey(0));
    if (on_update) {
      harness.Time(2 * kSecond);
      ExpectInParts(harness, 1);
    }
    harness.Snapshot();
    harness.Restore();
    harness.Watermark(kMaxTimestamp);
    ExpectInParts(harness, 1);
    EXPECT_EQ(harness.op().ledger().gauges.at("sessions"), 0);
    harness.Snapshot();
    EXPECT_EQ(harness.StateRows("sessions"), 0U);
  }
}

TEST(EmissionBoundsTest, SessionWindowsCloseInParts) {
  for (const bool on_update : {false, true}) {
    const plan::AggregateNode node = Aggregate(plan::WindowKind::kSession, on_update);
    OperatorHarness harness(Of<SessionWindowOperator>(node), InputSchema(), kBatch);
    harness.Process(ARowOfEachKey(0));
    if (on_update) {
      harness.Flush();
      ExpectInParts(harness, 1);
    }
    harness.Snapshot();
    harness.Restore();
    harness.Watermark(60 * kSecond);
    ExpectInParts(harness, 1);
    harness.Snapshot();
    EXPECT_EQ(harness.StateRows("sessions"), 0U);
  }
}

TEST(EmissionBoundsTest, OpenWindowsAreUpdatedInParts) {
  const plan::AggregateNode node = Aggregate(plan::WindowKind::kSliding, true);
  const auto make = [&node] {
    return std::make_unique<WindowAggregateOperator>(node, WindowAggregateOperator::Input::kRows);
  };
  OperatorHarness harness(make, InputSchema(), kBatch);
  harness.Process(ARowOfEachKey(0));
  harness.Time(2 * kSecond);
  ExpectInParts(harness, 6);  // six windows are open
  harness.Process(ARowOfEachKey(0));
  harness.Flush();
  for (const EmittedRow& row : harness.emitted()) ASSERT_EQ(row.values[4].as_string(), "1,1,");
  ExpectInParts(harness, 6);
}

TEST(EmissionBoundsTest, GroupsWithoutAWindowAreUpdatedAndEndInParts) {
  plan::AggregateNode node = Aggregate(plan::WindowKind::kNone, true);
  node.emit.on_close = false;
  node.ttl = 100 * kSecond;
  node.error = Discard("old");
  node.schema = Schema::Make({{"k", DataType::Int64(), {}}, {"values", DataType::String(), {}}});
  OperatorHarness harness(Of<RunningAggregateOperator>(node), InputSchema(), kBatch);
  harness.Process(ARowOfEachKey(0));
  harness.Flush();
  ExpectInParts(harness, 1);
  harness.Process(ARowOfEachKey(0));
  harness.Snapshot();
  harness.Restore();
  harness.Watermark(300 * kSecond);
  const std::vector<EmittedRow>& rows = harness.emitted();
  ASSERT_EQ(rows.size(), 2 * static_cast<size_t>(kManyKeys));
  EXPECT_EQ(rows.front().values[1].as_string(), "1,1,");
  EXPECT_FALSE(rows[kManyKeys - 1].deleted);
  EXPECT_TRUE(rows[kManyKeys].deleted);
  ExpectInParts(harness, 2);
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("groups"), 0U);
}

TEST(EmissionBoundsTest, TheFirstOfEachKeyLeaveInParts) {
  plan::TopNode node;
  node.name = "s/top";
  node.count = 1;
  node.by = {Col(1, DataType::Int64(), "v")};
  node.per = Key();
  node.schema = InputSchema();
  OperatorHarness harness(Of<TopOperator>(node), InputSchema(), kBatch);
  harness.Process(ARowOfEachKey(0));
  harness.Process(ARowOfEachKey(0));
  harness.Watermark(60 * kSecond);
  ExpectInParts(harness, 1);
}

TEST(EmissionBoundsTest, TimersFireInParts) {
  plan::ProcessNode node = Process();
  plan::Statement emit;
  emit.kind = plan::Statement::Kind::kEmit;
  emit.row = KeyAndN(node);
  node.program.on_timer = {{emit}};
  OperatorHarness harness(Of<ProcessOperator>(node), InputSchema(), kBatch);
  harness.Process(ARowOfEachKey(0));
  harness.Watermark(60 * kSecond);
  ExpectInParts(harness, 1);
  EXPECT_EQ(harness.op().ledger().gauges.at("timers fired"), kManyKeys);
}

/// A timer that sets itself again, over a long silence of one key: before the key's next row, all
/// its firings leave, and not at once.
TEST(EmissionBoundsTest, ATimerThatRepeatsYields) {
  plan::ProcessNode node = Process();
  plan::Statement emit;
  emit.kind = plan::Statement::Kind::kEmit;
  emit.row = KeyAndN(node);
  const int n = node.program.registers.state(0);
  plan::Statement again = node.program.on_event[1];
  // at = 60 s, 61 s, …
  again.value = plan::MakeArith(
      plan::ArithOp::kAdd, DataType::Timestamp(), Lit(Value::Timestamp(60 * kSecond)),
      plan::MakeArith(plan::ArithOp::kMultiply, DataType::Duration(), Col(n, DataType::Int64()),
                      Lit(Value::Duration(kSecond))));
  node.program.on_timer = {
      {emit, Assign(n, Add(Col(n, DataType::Int64()), Lit(Value::Int64(1)))), again}};
  OperatorHarness harness(Of<ProcessOperator>(node), InputSchema(), kBatch);
  harness.Process({{{Value::Int64(7), Value::Int64(0)}, 0, kMinTimestamp}});
  harness.Process({{{Value::Int64(7), Value::Int64(0)}, 1060 * kSecond, 1059 * kSecond}});
  const std::vector<EmittedRow> rows = harness.Take();
  ASSERT_EQ(rows.size(), 1000U);
  for (size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].values[1].as_int64(), static_cast<int64_t>(i));
  }
  EXPECT_LE(harness.most_at_once(), 2 * kBatch);
  EXPECT_EQ(harness.op().ledger().absorbed, 2);
  EXPECT_EQ(harness.op().ledger().pending, 0);
}

TEST(EmissionBoundsTest, OutputOfKeysLeavesInParts) {
  plan::ProcessNode node = Process();
  node.program.output = KeyAndN(node);
  node.emit.on_update = true;
  OperatorHarness harness(Of<ProcessOperator>(node), InputSchema(), kBatch);
  harness.Process(ARowOfEachKey(0));
  harness.Time(2 * kSecond);
  ExpectInParts(harness, 1);
  harness.Process(ARowOfEachKey(0));
  harness.Snapshot();
  harness.Restore();
  // A key that ends shows its last value first.
  harness.Watermark(300 * kSecond);
  const std::vector<EmittedRow>& rows = harness.emitted();
  ASSERT_EQ(rows.size(), 2 * static_cast<size_t>(kManyKeys));
  EXPECT_EQ(rows.front().values[1].as_int64(), 2);
  EXPECT_FALSE(rows[kManyKeys - 1].deleted);
  EXPECT_TRUE(rows[kManyKeys].deleted);
  ExpectInParts(harness, 2);
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("keys"), 0U);
}

TEST(EmissionBoundsTest, WhatIsHeldBackAtTheEndLeavesInParts) {
  plan::ProcessNode node = Process();
  node.program.output = KeyAndN(node);
  node.emit.every = 3600 * kSecond;
  OperatorHarness harness(Of<ProcessOperator>(node), InputSchema(), kBatch);
  harness.Process(ARowOfEachKey(0));
  harness.Watermark(kMaxTimestamp);
  harness.Finish();
  ExpectInParts(harness, 1);
}

}  // namespace
}  // namespace weir
