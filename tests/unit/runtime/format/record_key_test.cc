#include "runtime/format/record_key.h"

#include <gtest/gtest.h>

#include "runtime/format/encoder.h"

namespace weir {
namespace {

RecordBatch Rows() {
  const SchemaPtr schema = Schema::Make({{"id", DataType::Int64(), {}},
                                         {"name", DataType::String().AsOptional(), {}},
                                         {"text", DataType::String(), {}}});
  const MutableColumnPtr id = Column::Make(DataType::Int64(), 3);
  const MutableColumnPtr name = Column::Make(schema->field(1).type, 3);
  const MutableColumnPtr text = Column::Make(DataType::String(), 3);
  for (uint32_t i = 0; i < 3; ++i) {
    id->SetValue(i, Value::Int64(i + 1));
    name->SetValue(i, Value::String("a\"" + std::to_string(i)));
    text->SetValue(i, Value::String(i == 2 ? "two\nlines" : ""));
  }
  name->SetNull(1);
  return RecordBatch(schema, {id, name, text}, 3);
}

TEST(RecordKeyTest, OneColumnIsItsPlainText) {
  const RecordBatch rows = Rows();
  RecordKeyWriter writer(rows.schema(), {1});
  RecordKeys keys;
  writer.Write(rows, keys);
  EXPECT_EQ(keys.at(0), "a\"0");
  EXPECT_EQ(keys.present, (std::vector<uint8_t>{1, 0, 1}));
  EXPECT_EQ(keys.at(2), "a\"2");
}

TEST(RecordKeyTest, SeveralColumnsAreAJsonArrayInTheOrderOfTheKey) {
  const RecordBatch rows = Rows();
  RecordKeyWriter writer(rows.schema(), {1, 0});
  RecordKeys keys;
  writer.Write(rows.WithSelection(RowIndices{1, 2}), keys);
  ASSERT_EQ(keys.ends.size(), 2U);
  EXPECT_EQ(keys.at(0), "[null,2]");
  EXPECT_EQ(keys.at(1), "[\"a\\\"2\",3]");
}

TEST(RecordKeyTest, WithoutKeyColumnsThereIsNoKey) {
  const RecordBatch rows = Rows();
  RecordKeyWriter writer(rows.schema(), {});
  RecordKeys keys;
  writer.Write(rows, keys);
  EXPECT_EQ(keys.present, (std::vector<uint8_t>{0, 0, 0}));
}

/// Records of a topic have no line ends of their own, and may hold some.
TEST(EncodeRecordsTest, RecordsAreTheLinesWithoutTheirEnds) {
  const RecordBatch rows = Rows();
  for (const std::string format : {"json", "csv"}) {
    EncodeRequest request;
    request.schema = rows.schema();
    auto encoder = MakeEncoder(format, request);
    ASSERT_TRUE(encoder.ok());
    std::string lines;
    (*encoder)->Append(rows, lines);
    std::string records = "before";
    std::vector<size_t> ends;
    (*encoder)->AppendRecords(rows, records, ends);
    ASSERT_EQ(ends.size(), 3U);
    std::string joined;
    size_t begin = 6;
    for (const size_t end : ends) {
      joined += records.substr(begin, end - begin) + "\n";
      begin = end;
    }
    EXPECT_EQ(joined, lines) << format;
    EXPECT_EQ(begin, records.size());
  }
}

TEST(EncodeRecordsTest, RawRecordsKeepLineBreaks) {
  const RecordBatch rows = Rows();
  const SchemaPtr schema = Schema::Make({{"text", DataType::String(), {}}});
  EncodeRequest request;
  request.schema = schema;
  auto encoder = MakeEncoder("raw", request);
  ASSERT_TRUE(encoder.ok());
  std::string records;
  std::vector<size_t> ends;
  (*encoder)->AppendRecords(RecordBatch(schema, {rows.column(2)}, 3), records, ends);
  EXPECT_EQ(records, "two\nlines");
  EXPECT_EQ(ends, (std::vector<size_t>{0, 0, 9}));
}

}  // namespace
}  // namespace weir
