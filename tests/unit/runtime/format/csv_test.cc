#include "runtime/format/csv/csv_decoder.h"
#include "runtime/format/encoder.h"
#include "runtime/vector/record_batch.h"
#include "tests/unit/runtime/format/decode_fixture.h"

namespace weir {
namespace {

DecodeRequest UserRequest() {
  DecodeRequest request;
  request.fields.push_back(MakeField("name", DataType::String(), 0));
  request.fields.push_back(MakeField("age", DataType::Of(TypeKind::kUInt8).AsOptional(), 1));
  request.fields.push_back(MakeField("active", DataType::Bool(), 2));
  request.num_outputs = 3;
  return request;
}

TEST(CsvTest, ColumnsAreFoundByName) {
  CsvDecoder decoder(UserRequest());
  const Decoded decoded =
      DecodeWith(decoder, {"true,7,Ann", "false,,\"O\"\"Neil, Bob\"", "true,,"}, "active,age,name");
  EXPECT_EQ(decoded.Row(0), "\"Ann\" 7 true ");
  EXPECT_EQ(decoded.Row(1), "\"O\\\"Neil, Bob\" null false ");
  EXPECT_EQ(decoded.Row(2), "\"\" null true ");
}

TEST(CsvTest, BadLinesHaveReasons) {
  CsvDecoder decoder(UserRequest());
  const Decoded decoded = DecodeWith(
      decoder,
      {"", "a,1", "a,300,yes", "\"a,1,true", "a\"b,1,true", "\xff,1,true", "\"a\"b,1,true", "x,1,"},
      "name,age,active");
  EXPECT_EQ(decoded.Row(0), "! : empty line");
  EXPECT_EQ(decoded.Row(1), "! : 2 cells instead of 3");
  EXPECT_EQ(decoded.Row(2), "! age: 300 is out of range for uint8 active: not a bool");
  EXPECT_EQ(decoded.Row(3), "! : a quoted cell does not end");
  EXPECT_EQ(decoded.Row(4), "! : a quote inside an unquoted cell at byte 1");
  EXPECT_EQ(decoded.Row(5), "! : invalid UTF-8");
  EXPECT_EQ(decoded.Row(6), "! : text after the closing quote at byte 3");
  EXPECT_EQ(decoded.Row(7), "! active: missing");
}

TEST(CsvTest, WithoutHeaderByPosition) {
  DecodeRequest request = UserRequest();
  request.options.header = false;
  request.options.separator = ";";
  CsvDecoder decoder(request);
  EXPECT_EQ(DecodeWith(decoder, {"Ann;3;true"}).Row(0), "\"Ann\" 3 true ");
}

TEST(CsvTest, WhatIsWrittenReadsBack) {
  const SchemaPtr schema = Schema::Make({{"name", DataType::String().AsOptional(), {}},
                                         {"tags", DataType::List(DataType::String()), {}}});
  const MutableColumnPtr names = Column::Make(schema->field(0).type, 3);
  names->SetValue(0, Value::String("a \"b\", c"));
  names->SetValue(1, Value::String(""));
  names->SetNull(2);
  const MutableColumnPtr tags = Column::Make(schema->field(1).type, 3);
  tags->SetValue(0, Value(schema->field(1).type, Value::List{Value::String("x,y")}));
  const RecordBatch batch(schema, {names, tags}, 3);
  EncodeRequest encode;
  encode.schema = schema;
  Result<std::unique_ptr<Encoder>> encoder = MakeEncoder("csv", encode);
  ASSERT_TRUE(encoder.ok());
  std::string text;
  (*encoder)->AppendHeader(text);
  (*encoder)->Append(batch, text);
  EXPECT_EQ(text, "name,tags\n\"a \"\"b\"\", c\",\"[\"\"x,y\"\"]\"\n\"\",[]\n,[]\n");

  DecodeRequest request;
  request.fields.push_back(MakeField("name", schema->field(0).type, 0));
  request.fields.push_back(MakeField("tags", schema->field(1).type, 1));
  request.num_outputs = 2;
  CsvDecoder decoder(request);
  const Decoded decoded =
      DecodeWith(decoder, {"\"a \"\"b\"\", c\",\"[\"\"x,y\"\"]\"", "\"\",[]", ",[]"}, "name,tags");
  EXPECT_EQ(decoded.Row(0), "\"a \\\"b\\\", c\" [\"x,y\"] ");
  EXPECT_EQ(decoded.Row(1), "\"\" [] ");
  EXPECT_EQ(decoded.Row(2), "null [] ");
}

}  // namespace
}  // namespace weir
