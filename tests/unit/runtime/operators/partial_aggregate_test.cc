#include "runtime/operators/partial_aggregate_operator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime/operators/row_json.h"
#include "runtime/operators/window_aggregate_operator.h"
#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"
#include "tests/unit/runtime/operators/small_aggregates.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

SchemaPtr InputSchema() {
  return Schema::Make({{"k", DataType::String(), {}}, {"v", DataType::Int64(), {}}});
}

plan::AggregateNode Node(plan::WindowKind kind, Micros size, Micros slide, Micros lateness) {
  plan::AggregateNode node;
  node.name = "s/n";
  node.keys = {Col(0, DataType::String())};
  node.aggregates = {ValuesOf(Col(1, DataType::Int64()))};
  node.window.kind = kind;
  node.window.size = size;
  node.window.slide = slide;
  node.emit.on_close = true;
  node.lateness = lateness;
  node.late = Discard("late");
  node.schema = Schema::Make({{"k", DataType::String(), {}},
                              {"window_start", DataType::Timestamp(), {}},
                              {"window_end", DataType::Timestamp(), {}},
                              {"window_closed", DataType::Bool(), {}},
                              {"values", DataType::String(), {}}});
  return node;
}

/// Keeps what comes out as text, or hands it to the next operator.
class Chain final : public Collector {
 public:
  explicit Chain(Operator* next = nullptr, Collector* out = nullptr) : next_(next), out_(out) {}
  void Emit(int port, RecordBatch batch) override {
    ASSERT_EQ(port, 0);
    batches_ += 1;
    if (next_ != nullptr) {
      const Status status = next_->ProcessBatch(0, batch, *out_);
      ASSERT_TRUE(status.ok()) << status.message();
      return;
    }
    batch.rows().ForEach([&](RowIndex row) {
      std::string text;
      AppendRowJson(batch, row, text);
      rows_.push_back(std::move(text));
    });
  }
  std::vector<std::string> Sorted() const {
    std::vector<std::string> sorted = rows_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  size_t batches() const { return batches_; }

 private:
  Operator* next_;
  Collector* out_;
  std::vector<std::string> rows_;
  size_t batches_ = 0;
};

class PartialAggregateTest : public testing::Test {
 protected:
  template <typename Op>
  std::unique_ptr<Op> Open(std::unique_ptr<Op> op) {
    OperatorContext context;
    context.clock = &clock_;
    const Status opened = op->Open(context);
    EXPECT_TRUE(opened.ok()) << opened.message();
    return op;
  }
  static void Ok(const Status& status) { ASSERT_TRUE(status.ok()) << status.message(); }

  ManualClock clock_;
};

/// Two partitions of random times, out of order, some of them late; read at their own pace.
struct Feed {
  std::mt19937 random;
  Micros clock[2] = {0, 0};
  Micros stamps[2] = {kMinTimestamp, kMinTimestamp};

  std::vector<TestRow> Next(size_t partition) {
    std::vector<TestRow> rows;
    for (size_t i = 0; i < 1 + random() % 20; ++i) {
      clock[partition] += static_cast<Micros>(random() % 900) * 1000;
      Micros time = clock[partition] - static_cast<Micros>(random() % 6000) * 1000;
      if (random() % 10 == 0) time -= static_cast<Micros>(random() % 40) * kSecond;
      rows.push_back({{Value::String(std::string(1, static_cast<char>('a' + random() % 3))),
                       Value::Int64(static_cast<int64_t>(random() % 100))},
                      time,
                      stamps[partition]});
    }
    stamps[partition] = std::max(stamps[partition], clock[partition] - 3 * kSecond);
    return rows;
  }
};

void ExpectSameAsWhole(const plan::AggregateNode& node, uint32_t seed,
                       const OperatorContext& context) {
  WindowAggregateOperator whole(node);
  WindowAggregateOperator merging(node, WindowAggregateOperator::Input::kPartials);
  PartialAggregateOperator first(node), second(node);
  PartialAggregateOperator* halves[2] = {&first, &second};
  for (Operator* op : {static_cast<Operator*>(&whole), static_cast<Operator*>(&merging),
                       static_cast<Operator*>(&first), static_cast<Operator*>(&second)}) {
    ASSERT_TRUE(op->Open(context).ok());
  }
  Chain expected, got;
  Chain exchange(&merging, &got);
  Feed feed;
  feed.random.seed(seed);
  for (int step = 0; step < 300; ++step) {
    const size_t partition = feed.random() % 2;
    const RecordBatch batch = MakeTestBatch(InputSchema(), feed.Next(partition));
    ASSERT_TRUE(whole.ProcessBatch(0, batch, expected).ok());
    ASSERT_TRUE(halves[partition]->ProcessBatch(0, batch, exchange).ok());
    ASSERT_TRUE(halves[partition]->ProcessWatermark(feed.stamps[partition], exchange).ok());
    if (feed.random() % 8 == 0) {
      for (PartialAggregateOperator* half : halves) {
        ASSERT_TRUE(half->PrepareBarrier(exchange).ok());
      }
    }
    const Micros reached = std::min(feed.stamps[0], feed.stamps[1]);
    if (reached == kMinTimestamp) continue;
    ASSERT_TRUE(whole.ProcessWatermark(reached, expected).ok());
    const Status merged = merging.ProcessWatermark(reached, got);
    ASSERT_TRUE(merged.ok()) << merged.message();
    ASSERT_EQ(got.Sorted(), expected.Sorted());
  }
  for (PartialAggregateOperator* half : halves) {
    ASSERT_TRUE(half->ProcessWatermark(kMaxTimestamp, exchange).ok());
  }
  ASSERT_TRUE(whole.ProcessWatermark(kMaxTimestamp, expected).ok());
  ASSERT_TRUE(merging.ProcessWatermark(kMaxTimestamp, got).ok());
  EXPECT_EQ(got.Sorted(), expected.Sorted());
  EXPECT_GT(expected.Sorted().size(), 50U);
  Ledger halves_together = first.ledger();
  halves_together.Add(second.ledger());
  EXPECT_EQ(halves_together.absorbed, whole.ledger().absorbed);
  EXPECT_EQ(halves_together.partly_late, whole.ledger().partly_late);
  EXPECT_EQ(halves_together.discarded, whole.ledger().discarded);
  EXPECT_GT(whole.ledger().discarded.at("late"), 0);
  EXPECT_EQ(halves_together.rows_out, merging.ledger().rows_in);
  for (const Ledger& ledger : {halves_together, merging.ledger()}) EXPECT_EQ(ledger.Check(), "");
}

TEST_F(PartialAggregateTest, HalvesGiveWhatTheWholeGives) {
  OperatorContext context;
  context.clock = &clock_;
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    using Kind = plan::WindowKind;
    ExpectSameAsWhole(Node(Kind::kTumbling, 10 * kSecond, 10 * kSecond, 2 * kSecond), seed,
                      context);
    ExpectSameAsWhole(Node(Kind::kSliding, 15 * kSecond, 5 * kSecond, 0), seed, context);
    ExpectSameAsWhole(Node(Kind::kCumulating, 20 * kSecond, 5 * kSecond, kSecond), seed, context);
  }
}

TEST_F(PartialAggregateTest, HoldsABoundedNumberOfGroups) {
  const plan::AggregateNode node = Node(plan::WindowKind::kTumbling, 10 * kSecond, 10 * kSecond, 0);
  auto partial = Open(std::make_unique<PartialAggregateOperator>(node));
  Chain out;
  size_t sent_after = 0;
  for (size_t i = 0; i < 20 && out.batches() == 0; ++i) {
    std::vector<TestRow> rows;
    for (size_t j = 0; j < 1000; ++j) {
      rows.push_back(
          {{Value::String(std::to_string(i * 1000 + j)), Value::Int64(1)}, 0, kMinTimestamp});
    }
    Ok(partial->ProcessBatch(0, MakeTestBatch(InputSchema(), rows), out));
    sent_after += rows.size();
  }
  EXPECT_EQ(sent_after, PartialAggregateOperator::kMostGroups / 1000 * 1000 + 1000);
  EXPECT_EQ(out.Sorted().size(), sent_after);
}

TEST_F(PartialAggregateTest, PartialsBehindTheirWindowAreAnError) {
  const plan::AggregateNode node = Node(plan::WindowKind::kTumbling, 10 * kSecond, 10 * kSecond, 0);
  auto partial = Open(std::make_unique<PartialAggregateOperator>(node));
  auto merging = Open(
      std::make_unique<WindowAggregateOperator>(node, WindowAggregateOperator::Input::kPartials));
  Chain out;
  Ok(merging->ProcessWatermark(10 * kSecond, out));
  class Expect final : public Collector {
   public:
    explicit Expect(Operator& next) : next_(next) {}
    void Emit(int, RecordBatch batch) override { status = next_.ProcessBatch(0, batch, *this); }
    Status status = Status::Ok();

   private:
    Operator& next_;
  } expect(*merging);
  Ok(partial->ProcessBatch(
      0,
      MakeTestBatch(InputSchema(),
                    {{{Value::String("a"), Value::Int64(1)}, 5 * kSecond, kMinTimestamp}}),
      expect));
  Ok(partial->PrepareBarrier(expect));
  EXPECT_FALSE(expect.status.ok());
}

}  // namespace
}  // namespace weir
