// Batches as bytes: all forms of columns come back; damaged bytes are said to be so.
#include "runtime/vector/batch_codec.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/vector/random_column.h"

namespace weir {
namespace {

SchemaPtr AllColumns() {
  std::vector<Field> fields;
  for (const DataType& type : AllForms()) {
    fields.push_back({"f" + std::to_string(fields.size()), type, {}});
    fields.push_back({"o" + std::to_string(fields.size()), type.AsOptional(), {}});
  }
  return Schema::Make(std::move(fields));
}

RecordBatch RandomBatch(const SchemaPtr& schema, uint32_t rows, bool constants,
                        std::mt19937& random) {
  std::vector<ColumnPtr> columns;
  for (const Field& field : schema->fields()) {
    if (constants && random() % 2 == 0) {
      columns.push_back(Column::Constant(RandomValue(field.type, random), rows));
      continue;
    }
    MutableColumnPtr column = Column::Make(field.type, rows);
    for (uint32_t row = 0; row < rows; ++row) {
      column->SetValue(row, RandomValue(field.type, random));
    }
    columns.push_back(std::move(column));
  }
  return RecordBatch(schema, std::move(columns), rows);
}

TEST(BatchCodecTest, BatchesComeBackOneAfterTheOther) {
  std::mt19937 random(3);
  const SchemaPtr schema = AllColumns();
  const std::vector<RecordBatch> batches = {
      RandomBatch(schema, 40, false, random), RandomBatch(schema, 0, false, random),
      RandomBatch(schema, 9, true, random),
      RandomBatch(schema, 30, true, random).WithSelection(RowIndices{2, 3, 29})};
  std::string written;
  for (const RecordBatch& batch : batches) AppendBatchBytes(batch, written);
  const auto bytes = std::make_shared<const std::string>(std::move(written));
  std::string_view in = *bytes;
  for (const RecordBatch& batch : batches) {
    const Result<RecordBatch> read = ReadBatchBytes(schema, bytes, in);
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->num_rows(), batch.num_rows());
    EXPECT_EQ(read->ToJsonLines(), batch.ToJsonLines());
  }
  EXPECT_TRUE(in.empty());
}

TEST(BatchCodecTest, BytesThatEndTooEarlyAreDataLoss) {
  std::mt19937 random(4);
  const SchemaPtr schema = AllColumns();
  std::string written;
  AppendBatchBytes(RandomBatch(schema, 5, true, random), written);
  for (size_t size = 0; size < written.size(); ++size) {
    const auto bytes = std::make_shared<const std::string>(written.substr(0, size));
    std::string_view in = *bytes;
    EXPECT_EQ(ReadBatchBytes(schema, bytes, in).status().code(), StatusCode::kDataLoss) << size;
  }
}

}  // namespace
}  // namespace weir
