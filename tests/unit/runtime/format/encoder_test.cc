#include "runtime/format/encoder.h"

#include "tests/unit/runtime/format/decode_fixture.h"

namespace weir {
namespace {

std::string Encode(const RecordBatch& batch, std::vector<int> key = {}) {
  EncodeRequest request;
  request.schema = batch.schema();
  request.key = std::move(key);
  Result<std::unique_ptr<Encoder>> encoder = MakeEncoder("json", request);
  std::string text;
  (*encoder)->Append(batch, text);
  return text;
}

TEST(JsonEncoderTest, EventsReadBackTheSame) {
  const DecodeRequest request = EventRequest();
  std::vector<Field> fields;
  for (const DecodeField& field : request.fields) fields.push_back({field.name, field.type, {}});
  const Decoded decoded = DecodeJson(request, {EventRecord()});
  const RecordBatch batch(Schema::Make(fields), decoded.columns, 1);
  const std::string text = Encode(batch);
  EXPECT_EQ(
      text,
      R"({"event_id":"00000000-0000-0000-0000-000000000001",)"
      R"("user_id":"11111111-1111-1111-1111-1111111111ff",)"
      R"("session_id":"22222222-2222-2222-2222-222222222222","event_type":"page_view",)"
      R"("timestamp":"2026-01-01T10:00:00.250000Z","device_type":"mobile","browser":"firefox",)"
      R"("ip_address":"10.1.2.3","page_url":"https://shop.example/","properties":{"a":[1,2.5,"x"]}})"
      "\n");
  EXPECT_EQ(DecodeJson(request, {text}).Row(0), decoded.Row(0));
}

TEST(JsonEncoderTest, ValuesAreWrittenAsValueToJsonDoes) {
  const std::pair<DataType, std::string> cases[] = {
      {DataType::Decimal(10, 2), "-0.05"},
      {DataType::Decimal(30, 3), "123456789012345678901234.5"},
      {DataType::Of(TypeKind::kInt64), "-9223372036854775808"},
      {DataType::Of(TypeKind::kUInt64), "18446744073709551615"},
      {DataType::Float64(), "0.1"},
      {DataType::Bool(), "true"},
      {DataType::Timestamp(), "\"1969-12-31T23:59:59.5Z\""},
      {DataType::Duration(), "\"-5m\""},
      {DataType::Of(TypeKind::kIpv6), "\"2001:db8::1\""},
      {DataType::String(), R"("tab\t quote\" \\ \u0001 and a text longer than sixteen bytes: é")"},
      {DataType::Map(DataType::Uuid(), DataType::Int64().AsOptional()),
       R"({"00000000-0000-0000-0000-000000000001":null})"},
      {DataType::Map(DataType::Int64(), DataType::String()), R"({"1":"a"})"},
      {DataType::Enum({"a\"b"}), R"("a\"b")"},
  };
  for (const auto& [type, json] : cases) {
    DecodeRequest request;
    request.fields.push_back(MakeField("f", type, 0));
    request.num_outputs = 1;
    const Decoded decoded = DecodeJson(request, {"{\"f\":" + json + "}"});
    ASSERT_TRUE(decoded.errors.empty()) << decoded.Row(0);
    const RecordBatch batch(Schema::Make({{"f", type, {}}}), decoded.columns, 1);
    EXPECT_EQ(Encode(batch), "{\"f\":" + decoded.Text(0, 0) + "}\n");
  }
}

TEST(JsonEncoderTest, SelectionConstantsAndEmptyRows) {
  const SchemaPtr schema = Schema::Make(
      {{"a", DataType::Int64().AsOptional(), {}}, {"b", DataType::String().AsOptional(), {}}});
  const MutableColumnPtr a = Column::Make(schema->field(0).type, 3);
  a->SetValue(0, Value::Int64(1));
  a->SetNull(1);
  a->SetValue(2, Value::Int64(3));
  const ColumnPtr b = Column::Nulls(schema->field(1).type, 3);
  const RecordBatch batch(schema, {a, b}, 3);
  EXPECT_EQ(Encode(batch), "{\"a\":1}\n{}\n{\"a\":3}\n");
  EXPECT_EQ(Encode(batch.WithSelection(RowIndices{2})), "{\"a\":3}\n");
}

TEST(JsonEncoderTest, DeletesAreKeysWithAMark) {
  const SchemaPtr schema =
      Schema::Make({{"k", DataType::Int64(), {}}, {"v", DataType::Int64(), {}}});
  const MutableColumnPtr k = Column::Make(DataType::Int64(), 2);
  const MutableColumnPtr v = Column::Make(DataType::Int64(), 2);
  const MutableColumnPtr op = Column::Make(DataType::Bool(), 2);
  k->SetValue(0, Value::Int64(1));
  k->SetValue(1, Value::Int64(2));
  op->SetValue(1, Value::Bool(true));
  HiddenColumns hidden;
  hidden.op = op;
  const RecordBatch batch(schema, {k, v}, 2, hidden);
  EXPECT_EQ(Encode(batch, {0}), "{\"k\":1,\"v\":0}\n{\"_deleted\":true,\"k\":2}\n");
}

TEST(RawEncoderTest, WritesTheColumnThatIsNotTheKey) {
  const SchemaPtr schema = Schema::Make(
      {{"user", DataType::String().AsOptional(), {}}, {"line", DataType::String(), {}}});
  EncodeRequest request{schema, {0}, false, {}};
  const MutableColumnPtr user = Column::Make(schema->field(0).type, 1);
  const MutableColumnPtr line = Column::Make(schema->field(1).type, 1);
  user->SetValue(0, Value::String("u1"));
  line->SetValue(0, Value::String("{broken"));
  Result<std::unique_ptr<Encoder>> encoder = MakeEncoder("raw", request);
  ASSERT_TRUE(encoder.ok()) << encoder.status().ToString();
  std::string text;
  (*encoder)->Append(RecordBatch(schema, {user, line}, 1), text);
  EXPECT_EQ(text, "{broken\n");

  request.key = {};
  EXPECT_FALSE(MakeEncoder("raw", request).ok()) << "two columns and no key";
}

TEST(JsonEncoderTest, LongTextGoesThroughWhole) {
  const SchemaPtr schema = Schema::Make({{"s", DataType::String(), {}}});
  const MutableColumnPtr s = Column::Make(DataType::String(), 3);
  const std::string text = std::string(300'000, 'x') + "\n" + std::string(100'000, 'y');
  for (RowIndex row = 0; row < 3; ++row) s->SetValue(row, Value::String(text));
  const std::string line =
      "{\"s\":\"" + std::string(300'000, 'x') + "\\n" + std::string(100'000, 'y') + "\"}\n";
  EXPECT_EQ(Encode(RecordBatch(schema, {s}, 3)), line + line + line);
}

}  // namespace
}  // namespace weir
