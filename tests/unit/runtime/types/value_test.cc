#include "runtime/types/value.h"

#include <gtest/gtest.h>

#include <limits>

namespace weir {
namespace {

TEST(Value, JsonOfScalars) {
  EXPECT_EQ(Value::Decimal(-1250, 10, 2).ToJson(), "-12.50");
  EXPECT_EQ(Value::Decimal(1, 38, 20).ToJson(), "0.00000000000000000001");
  EXPECT_EQ(Value::Timestamp(0).ToJson(), "\"1970-01-01T00:00:00.000000Z\"");
  EXPECT_EQ(Value::Duration(5'400'000'000).ToJson(), "\"1h30m\"");
  EXPECT_EQ(Value(DataType::Bytes(), std::string("ab")).ToJson(), "\"YWI=\"");
  EXPECT_EQ(Value(DataType::Json(), std::string("{\"a\":1}")).ToJson(), "{\"a\":1}");
  EXPECT_EQ(Value(DataType::Of(TypeKind::kUInt64), uint64_t{UINT64_MAX}).ToJson(),
            "18446744073709551615");
  EXPECT_EQ(Value::Float64(std::numeric_limits<double>::infinity()).ToJson(), "\"Infinity\"");
  EXPECT_EQ(Value(DataType::Enum({"a", "b"}), uint16_t{1}).ToJson(), "\"b\"");
  EXPECT_EQ(Value::Null().ToJson(), "null");
}

TEST(Value, JsonLeavesOutNullOptionalFields) {
  const DataType type = DataType::Struct(
      {{"a", DataType::Int64().AsOptional()}, {"b", DataType::List(DataType::Bool())}});
  const Value list(DataType::List(DataType::Bool()), Value::List{Value::Bool(true)});
  EXPECT_EQ(Value(type, Value::List{Value::Null(), list}).ToJson(), "{\"b\":[true]}");
}

TEST(Value, JsonOfMapsHasTextKeys) {
  const DataType type = DataType::Map(DataType::Int64(), DataType::String());
  const Value entry(type.element(), Value::List{Value::Int64(7), Value::String("x")});
  EXPECT_EQ(Value(type, Value::List{entry}).ToJson(), "{\"7\":\"x\"}");
}

TEST(Value, LiteralsOfTheLanguage) {
  EXPECT_EQ(Value::String("a\"b").ToString(), "\"a\\\"b\"");
  EXPECT_EQ(Value::Timestamp(0).ToString(), "@1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(Value::Float64(2.5).ToString(), "2.5e0");
  EXPECT_EQ(Value::Float64(1e30).ToString(), "1e+30");
  EXPECT_EQ(Value::Decimal(250, 3, 2).ToString(), "2.50");
  EXPECT_EQ(Value::Duration(90'000'000).ToString(), "1m30s");
}

TEST(Value, EqualityIgnoresTheOption) {
  EXPECT_EQ(Value::Int64(1), Value::Int64(1).WithType(DataType::Int64().AsOptional()));
  EXPECT_FALSE(Value::Int64(1) == Value::Timestamp(1));
}

}  // namespace
}  // namespace weir
