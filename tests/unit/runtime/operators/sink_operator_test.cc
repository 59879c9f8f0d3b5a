// The ledger of a sink: received = absorbed (delivered) + refused + pending, at every moment.
#include "runtime/operators/sink_operator.h"

#include <gmock/gmock.h>

#include "runtime/base/hash.h"
#include "tests/unit/runtime/operators/operator_harness.h"

namespace weir {
namespace {

/// A target that answers when the test says so.
class WaitingWriter final : public SinkWriter {
 public:
  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch& batch) override {
    waiting += batch.num_rows();
    last = batch;
    return Status::Ok();
  }
  Status Freeze(uint64_t) override { return Status::Ok(); }
  Status Deliver(std::vector<RefusedRow>& refused) override {
    waiting -= acknowledge + refuse;
    for (int64_t i = 0; i < refuse; ++i) refused.push_back({last, 0, "no", "never", 1});
    acknowledge = refuse = 0;
    return Status::Ok();
  }
  int64_t undelivered_rows() const override { return waiting; }

  int64_t waiting = 0, acknowledge = 0, refuse = 0;
  RecordBatch last;
};

class Nowhere final : public Collector {
 public:
  void Emit(int, RecordBatch) override {}
};

TEST(SinkOperatorTest, RowsArePendingUntilTheTargetHasThem) {
  const SchemaPtr schema = Schema::Make({{"n", DataType::Int64(), {}}});
  plan::SinkNode node;
  node.row = schema;
  node.refused.kind = plan::Route::Kind::kDiscard;
  node.refused.reason = "refused";
  auto owned = std::make_unique<WaitingWriter>();
  WaitingWriter& writer = *owned;
  SinkOperator sink(node, std::move(owned), "p/s/i");
  ManualClock clock;
  OperatorContext context;
  context.clock = &clock;
  ASSERT_TRUE(sink.Open(context).ok());
  Nowhere out;
  const auto expect = [&](int64_t absorbed, int64_t pending, int64_t refused) {
    const Ledger& ledger = sink.ledger();
    EXPECT_EQ(ledger.absorbed, absorbed);
    EXPECT_EQ(ledger.pending, pending);
    EXPECT_EQ(ledger.TotalDiscarded(), refused);
    EXPECT_EQ(ledger.Check(), "");
  };
  const auto row = [](int64_t n) { return TestRow{{Value::Int64(n)}}; };
  ASSERT_TRUE(sink.ProcessBatch(0, MakeTestBatch(schema, {row(1), row(2), row(3)}), out).ok());
  expect(0, 3, 0);
  ASSERT_TRUE(sink.Freeze(1).ok());
  writer.acknowledge = 1;
  ASSERT_TRUE(sink.Deliver(out).ok());
  expect(1, 2, 0);
  writer.refuse = 1;
  ASSERT_TRUE(sink.Deliver(out).ok());
  expect(1, 1, 1);
  writer.waiting = 0;
  ASSERT_TRUE(sink.Close().ok());
  expect(2, 0, 1);
}

}  // namespace
}  // namespace weir
