#include "runtime/vector/record_batch.h"

#include <gtest/gtest.h>

#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

ColumnPtr Numbers(uint32_t length, int64_t first) {
  const MutableColumnPtr column = Column::Make(DataType::Int64(), length);
  for (RowIndex row = 0; row < length; ++row) column->mutable_data<int64_t>()[row] = first + row;
  return column;
}

SchemaPtr TestSchema() {
  static const SchemaPtr schema =
      Schema::Make({{"n", DataType::Int64(), {}}, {"s", DataType::String().AsOptional(), {}}});
  return schema;
}

RecordBatch TestBatch(uint32_t length, int64_t first, HiddenColumns hidden = {}) {
  return RecordBatch(
      TestSchema(),
      {Numbers(length, first), Column::Nulls(DataType::String().AsOptional(), length)}, length,
      std::move(hidden));
}

TEST(RecordBatch, CompactKeepsTheSelectedRows) {
  HiddenColumns hidden;
  hidden.event_time = Numbers(5, 100);
  hidden.payload = Column::Constant(Value(DataType::Bytes(), std::string("raw")), 5);
  const RecordBatch selected = TestBatch(5, 10, hidden).WithSelection(RowIndices{1, 4});
  EXPECT_EQ(selected.num_rows(), 2U);
  EXPECT_EQ(selected.ToJsonLines(), "{\"n\":11}\n{\"n\":14}\n");
  const RecordBatch compact = selected.Compact(/*keep_payload=*/false);
  EXPECT_EQ(compact.capacity(), 2U);
  EXPECT_EQ(compact.ToJsonLines(), selected.ToJsonLines());
  EXPECT_EQ(compact.hidden().event_time->ValueAt(1).as_int64(), 104);
  EXPECT_EQ(compact.hidden().payload, nullptr);
  EXPECT_NE(selected.Compact().hidden().payload, nullptr);
  EXPECT_TRUE(TestBatch(3, 0).WithSelection(RowIndices{}).Compact().empty());
}

TEST(BatchBuilder, HiddenColumnsOfAnyBatchAreCarried) {
  BatchBuilder builder(TestSchema());
  builder.Append(TestBatch(2, 0), RowSet::All(2));
  HiddenColumns hidden;
  hidden.op = Column::Constant(Value::Bool(true), 2);
  builder.Append(TestBatch(2, 10, hidden), RowSet::All(2));
  builder.Append(TestBatch(2, 20), RowSet::All(1));
  EXPECT_EQ(builder.num_rows(), 5U);
  EXPECT_GT(builder.approximate_bytes(), 0U);
  const RecordBatch batch = builder.Finish();
  ASSERT_NE(batch.hidden().op, nullptr);
  EXPECT_EQ(batch.hidden().event_time, nullptr);
  std::string ops;
  for (RowIndex row = 0; row < 5; ++row) ops += batch.hidden().op->ValueAt(row).ToJson() + " ";
  EXPECT_EQ(ops, "null null true true null ");
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.Finish().num_rows(), 0U);
}

TEST(RecordBatch, OriginsUnpack) {
  EXPECT_EQ(OriginSource(PackOrigin(3, 4'000'000'000)), 3U);
  EXPECT_EQ(OriginPartition(PackOrigin(3, 4'000'000'000)), 4'000'000'000U);
}

}  // namespace
}  // namespace weir
