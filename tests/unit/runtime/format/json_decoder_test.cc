#include "runtime/format/json/json_decoder.h"

#include "tests/unit/runtime/format/decode_fixture.h"

namespace weir {
namespace {

TEST(JsonDecoderTest, ReadsEveryFieldOfAnEvent) {
  const Decoded decoded = DecodeJson(EventRequest(), {EventRecord()});
  ASSERT_TRUE(decoded.errors.empty()) << decoded.Row(0);
  EXPECT_EQ(decoded.Text(1, 0), "\"11111111-1111-1111-1111-1111111111ff\"");
  EXPECT_EQ(decoded.Text(3, 0), "\"page_view\"");
  EXPECT_EQ(decoded.Text(4, 0), "\"2026-01-01T10:00:00.250000Z\"");
  EXPECT_EQ(decoded.Text(7, 0), "\"10.1.2.3\"");
  EXPECT_EQ(decoded.Text(9, 0), "null");
  EXPECT_EQ(decoded.Text(12, 0), "{\"a\":[1,2.5,\"x\"]}");
}

TEST(JsonDecoderTest, RowIsRecordWhateverFails) {
  const Decoded decoded = DecodeJson(EventRequest(), {"", EventRecord(), "[]", EventRecord()});
  ASSERT_EQ(decoded.errors.size(), 2u);
  EXPECT_EQ(decoded.errors[0].record, 0u);
  EXPECT_EQ(decoded.errors[1].record, 2u);
  EXPECT_EQ(decoded.Row(1), decoded.Row(3));
  EXPECT_EQ(decoded.columns[0]->length(), 4u);
}

TEST(JsonDecoderTest, ListsAllBadFieldsInSchemaOrder) {
  const Decoded decoded = DecodeJson(
      EventRequest(), {R"({"timestamp":"2026-01-01T10:00:00","event_type":"x","user_id":null,)"
                       R"("event_id":"not-a-uuid","browser":7})"});
  ASSERT_EQ(decoded.errors.size(), 1u);
  EXPECT_EQ(decoded.Row(0),
            "! event_id: not a uuid user_id: null is not allowed session_id: missing "
            "event_type: \"x\" is not an EventType timestamp: needs an offset "
            "browser: needs a string, got a number");
  EXPECT_EQ(decoded.errors[0].Reason(), "event_id: not a uuid");
}

TEST(JsonDecoderTest, MalformedRecordsHaveTheirOwnReasons) {
  const std::string deep(100, '[');
  const std::pair<std::string, std::string> cases[] = {
      {"", "empty line"},
      {"   ", "empty line"},
      {"\xef\xbb\xbf{}", "starts with a byte order mark"},
      {"[1]", "needs an object, got an array"},
      {"12", "needs an object, got a number"},
      {"hello", "not JSON: unexpected `h` at byte 0"},
      {"{\"f\":1", "truncated JSON: ends after 6 bytes"},
      {"{\"f\":\"ab", "truncated JSON: ends after 8 bytes"},
      {"{\"f\":tr", "truncated JSON: ends after 7 bytes"},
      {"{\"f\":1}}", "more text after the object at byte 7"},
      {"{\"f\":1} {}", "more text after the object at byte 8"},
      {"{\"f\":1,}", "not JSON: unexpected `}` at byte 7"},
      {"{\"f\" 1}", "not JSON: unexpected `1` at byte 5"},
      {"{f:1}", "not JSON: unexpected `f` at byte 1"},
      {"{\"g\":\"a\\x\"}", "not JSON: unknown escape at byte 7"},
      {"{\"g\":\"\\ud800\"}", "not JSON: half of a surrogate pair at byte 6"},
      {"{\"g\":\"\\udc00\"}", "not JSON: half of a surrogate pair at byte 6"},
      {"{\"g\":\"a\nb\"}", "not JSON: unescaped control character in a string at byte 7"},
      {"{\"g\":\"\xff\"}", "invalid UTF-8 in the string at byte 6"},
      {"{\"g\":01}", "not JSON: malformed number at byte 5"},
      {"{\"g\":1.}", "not JSON: malformed number at byte 5"},
      {"{\"g\":-}", "not JSON: malformed number at byte 5"},
      {"{\"g\":" + deep, "nested deeper than 64 at byte 69"},
      {"{\"f\":1,\"f\":1}", "f: duplicate key"},
      {"{\"g\":1,\"f\":1,\"g\":1}", "g: duplicate key"},
      {"{\"f\":1,\"\\u0066\":1}", "f: duplicate key"},
      {std::string("{\"f\":1}\0", 8), "more text after the object at byte 7"},
  };
  for (const auto& [record, reason] : cases) {
    DecodeRequest request;
    request.fields.push_back(MakeField("f", DataType::Int64().AsOptional(), 0));
    request.num_outputs = 1;
    const Decoded decoded = DecodeJson(request, {record, "{\"f\":5}"});
    ASSERT_EQ(decoded.errors.size(), 1u) << record;
    EXPECT_EQ(decoded.errors[0].Reason(), reason) << record;
    EXPECT_EQ(decoded.Row(1), "5 ");
  }
}

TEST(JsonDecoderTest, LongRecordsAreRefused) {
  DecodeRequest request;
  request.fields.push_back(MakeField("f", DataType::String(), 0));
  request.num_outputs = 1;
  request.max_line = 100;
  const Decoded decoded = DecodeJson(request, {"{\"f\":\"" + std::string(200, 'x') + "\"}"});
  ASSERT_EQ(decoded.errors.size(), 1u);
  EXPECT_EQ(decoded.errors[0].Reason(), "208 bytes, longer than max_line (100)");
}

TEST(JsonDecoderTest, ValuesMustFitTheirType) {
  const DataType uint8 = DataType::Of(TypeKind::kUInt8);
  const DataType int32 = DataType::Of(TypeKind::kInt32);
  const DataType money = DataType::Decimal(10, 2);
  const DataType float32 = DataType::Of(TypeKind::kFloat32);
  EXPECT_EQ(ErrorFor(uint8, "255"), "");
  EXPECT_EQ(ErrorFor(uint8, "256"), "f: 256 is out of range for uint8");
  EXPECT_EQ(ErrorFor(uint8, "-1"), "f: -1 is out of range for uint8");
  EXPECT_EQ(ErrorFor(int32, "1.0"), "f: not an integer");
  EXPECT_EQ(ErrorFor(int32, "\"1\""), "f: needs a number, got a string");
  EXPECT_EQ(ErrorFor(DataType::Int64(), "9223372036854775807"), "");
  EXPECT_EQ(ErrorFor(DataType::Int64(), "9223372036854775808"),
            "f: 9223372036854775808 is out of range for int64");
  EXPECT_EQ(ErrorFor(DataType::Of(TypeKind::kUInt64), "18446744073709551615"), "");
  EXPECT_EQ(ErrorFor(DataType::Float64(), "\"1\""), "f: needs a number, got a string");
  EXPECT_EQ(ErrorFor(DataType::Float64(), "1e999"), "f: 1e999 is out of range for float64");
  EXPECT_EQ(ErrorFor(float32, "1e39"), "f: 1e39 is out of range for float32");
  EXPECT_EQ(ErrorFor(money, "1.005"), "f: 1.005 has too many digits for decimal(10, 2)");
  EXPECT_EQ(ErrorFor(money, "\"abc\""), "f: not a decimal(10, 2)");
  EXPECT_EQ(ErrorFor(money, "true"), "f: needs a number or a string, got a boolean");
  EXPECT_EQ(ErrorFor(DataType::Bool(), "1"), "f: needs true or false, got a number");
  EXPECT_EQ(ErrorFor(DataType::Timestamp(), "\"2026-02-30T00:00:00Z\""), "f: not a timestamp");
  EXPECT_EQ(ErrorFor(DataType::Timestamp(), "1700000000"), "f: needs a string, got a number");
  EXPECT_EQ(ErrorFor(DataType::Of(TypeKind::kIpv4), "\"1.2.3.256\""), "f: not an ipv4");
  EXPECT_EQ(ErrorFor(DataType::Enum({"hit", "bot"}), "\"HIT\""),
            "f: \"HIT\" is not one of hit, bot");
  EXPECT_EQ(ErrorFor(DataType::Bytes(), "\"???\""), "f: not base64");
  EXPECT_EQ(ErrorFor(DataType::List(DataType::Int64()), "{}"), "f: needs an array, got an object");
}

TEST(JsonDecoderTest, ValuesKeepTheirExactMeaning) {
  EXPECT_EQ(ValueFor(DataType::Decimal(38, 0), "12345678901234567890123456789012345678"),
            "12345678901234567890123456789012345678 ");
  EXPECT_EQ(ValueFor(DataType::Decimal(10, 2), "\"19.9\""), "19.90 ");
  EXPECT_EQ(ValueFor(DataType::Timestamp(), "\"2026-01-01T12:00:00+02:00\""),
            "\"2026-01-01T10:00:00.000000Z\" ");
  EXPECT_EQ(ValueFor(DataType::Enum({"a", "B"}, "", true), "\"b\""), "\"B\" ");
  EXPECT_EQ(ValueFor(DataType::Bytes(), "\"AQID\""), "\"AQID\" ");
  EXPECT_EQ(ValueFor(DataType::Of(TypeKind::kIpv6), "\"::1\""), "\"::1\" ");
  EXPECT_EQ(ValueFor(DataType::Duration(), "\"1h30m\""), "\"1h30m\" ");
  EXPECT_EQ(ValueFor(DataType::Of(TypeKind::kDate), "\"2026-02-28\""), "\"2026-02-28\" ");
  EXPECT_EQ(ValueFor(DataType::String(), R"("a\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00")"),
            "\"a\\\"\\\\/\\b\\f\\n\\r\\té€😀\" ");
  EXPECT_EQ(ValueFor(DataType::Json(), R"( {"a": [1 , "\u0041"]} )"), R"({"a": [1 , "\u0041"]} )");
}

TEST(JsonDecoderTest, NestedValuesAndTheirPaths) {
  const DataType geo = DataType::Struct(
      {{"country", DataType::String()}, {"city", DataType::String().AsOptional()}});
  const DataType tags = DataType::List(DataType::String());
  const DataType prices = DataType::Map(DataType::String(), DataType::Decimal(6, 2));
  EXPECT_EQ(ValueFor(geo, R"({"country":"DE","x":[1]})"), "{\"country\":\"DE\"} ");
  EXPECT_EQ(ValueFor(DataType::List(geo), R"([{"country":"DE"},{"city":"A","country":"FR"}])"),
            R"([{"country":"DE"},{"country":"FR","city":"A"}] )");
  EXPECT_EQ(ValueFor(DataType::List(tags), R"([["a","b"],[],["c"]])"), R"([["a","b"],[],["c"]] )");
  EXPECT_EQ(ValueFor(prices, R"({"a":1,"b":2.5})"), R"({"a":1.00,"b":2.50} )");
  EXPECT_EQ(ErrorFor(geo, "{}"), "f.country: missing");
  EXPECT_EQ(ErrorFor(geo, R"({"country":"a","country":"b"})"), "f.country: duplicate key");
  EXPECT_EQ(ErrorFor(tags, R"(["a",2])"), "f[1]: needs a string, got a number");
  EXPECT_EQ(ErrorFor(tags, R"(["a",null])"), "f[1]: null is not allowed");
  EXPECT_EQ(ErrorFor(prices, R"({"a":"x"})"), "f.a: not a decimal(6, 2)");
  EXPECT_EQ(ErrorFor(prices, R"({"a":1,"a":2})"), "f: has the same key twice");
}

TEST(JsonDecoderTest, DefaultsAreForAbsentKeysOnly) {
  DecodeRequest request;
  request.fields.push_back(MakeField("n", DataType::Int64(), 0));
  request.fields.push_back(MakeField("tags", DataType::List(DataType::String()), 1));
  request.fields[0].default_value = Value::Int64(7);
  request.fields[1].default_value =
      Value(request.fields[1].type, Value::List{Value::String("x"), Value::String("y")});
  request.num_outputs = 2;
  const Decoded decoded = DecodeJson(request, {"{}", "{\"n\":1}", "{\"n\":null}", "{\"tags\":[]}"});
  EXPECT_EQ(decoded.Row(0), "7 [\"x\",\"y\"] ");
  EXPECT_EQ(decoded.Row(1), "1 [\"x\",\"y\"] ");
  EXPECT_EQ(decoded.Row(2), "! n: null is not allowed");
  EXPECT_EQ(decoded.Row(3), "7 [] ");
}

TEST(JsonDecoderTest, FieldsWithoutOutputAreStillChecked) {
  DecodeRequest request = EventRequest();
  for (DecodeField& field : request.fields) field.output = -1;
  request.fields[3].output = 0;
  request.num_outputs = 1;
  std::string bad = EventRecord();
  bad.replace(bad.find("10.1.2.3"), 8, "10.1.2.x");
  const Decoded decoded = DecodeJson(request, {EventRecord(), bad, EventRecord()});
  EXPECT_EQ(decoded.Row(0), "\"page_view\" ");
  EXPECT_EQ(decoded.Row(1), "! ip_address: not an ipv4");
}

TEST(JsonDecoderTest, UnknownKeysByPolicy) {
  DecodeRequest request;
  request.fields.push_back(MakeField("f", DataType::Int64(), 0));
  request.num_outputs = 1;
  const std::vector<std::string> records = {R"({"f":1,"g":{"x":1},"h":"t"})"};
  EXPECT_EQ(DecodeJson(request, records).Row(0), "1 ");
  request.unknown_keys = UnknownKeyPolicy::kReject;
  EXPECT_EQ(DecodeJson(request, records).Row(0), "! g: unknown field h: unknown field");
  request.unknown_keys = UnknownKeyPolicy::kCollect;
  request.collect_type = DataType::Map(DataType::String(), DataType::String());
  request.collect_output = 1;
  request.num_outputs = 2;
  EXPECT_EQ(DecodeJson(request, records).Row(0), R"(1 {"g":"{\"x\":1}","h":"t"} )");
}

TEST(JsonDecoderTest, StringsOutliveTheirBatch) {
  DecodeRequest request;
  request.fields.push_back(MakeField("f", DataType::String(), 0));
  request.num_outputs = 1;
  JsonDecoder decoder(request);
  ColumnPtr first;
  {
    const Decoded decoded =
        DecodeWith(decoder, {R"({"f":"plain text that is long"})", R"({"f":"a\nb"})"});
    first = decoded.columns[0];
  }
  (void)DecodeWith(decoder, {R"({"f":"something else altogether"})"});
  EXPECT_EQ(first->ValueAt(0).as_string(), "plain text that is long");
  EXPECT_EQ(first->ValueAt(1).as_string(), "a\nb");
}

}  // namespace
}  // namespace weir
