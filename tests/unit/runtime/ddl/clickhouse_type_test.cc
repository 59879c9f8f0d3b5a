#include "runtime/ddl/clickhouse_type.h"

#include <gtest/gtest.h>

#include "runtime/ddl/clickhouse_type_of.h"

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

ClickhouseType Parse(std::string_view text) {
  const Result<ClickhouseType> type = ParseClickhouseType(text);
  EXPECT_TRUE(type.ok()) << type.status().ToString();
  return type.ok() ? *type : ClickhouseType();
}

TEST(ClickhouseType, SimpleOnesAndAliases) {
  EXPECT_EQ(Parse("UInt32").kind, Kind::kUInt);
  EXPECT_EQ(Parse("UInt32").bits, 32);
  EXPECT_EQ(Parse(" Boolean ").kind, Kind::kBool);
  EXPECT_EQ(Parse("varchar(20)").kind, Kind::kString);
  EXPECT_EQ(Parse("DateTime64(6, 'UTC')").scale, 6);
  EXPECT_EQ(Parse("DateTime64").scale, 3);
  EXPECT_EQ(Parse("DateTime('UTC')").kind, Kind::kDateTime);
  EXPECT_EQ(Parse("FixedString(3)").length, 3);
  EXPECT_EQ(Parse("Point").kind, Kind::kOther);
}

TEST(ClickhouseType, Parameters) {
  EXPECT_EQ(Parse("Decimal(18, 2)").precision, 18);
  EXPECT_EQ(Parse("Decimal64(4)").precision, 18);
  EXPECT_EQ(Parse("Decimal64(4)").scale, 4);
  const ClickhouseType values = Parse("Enum8('a\\'b' = -1, 'c, d', 'e' = 7)");
  EXPECT_EQ(values.enum_values,
            (std::vector<std::pair<std::string, int>>{{"a'b", -1}, {"c, d", 0}, {"e", 7}}));
}

TEST(ClickhouseType, Nested) {
  const ClickhouseType map = Parse("Map(String, Array(Nullable(UInt8)))");
  EXPECT_EQ(map.children[1].children[0].children[0].bits, 8);
  const ClickhouseType tuple = Parse("Tuple(a Int8, `b c` Map(String, Decimal(3, 1)), UUID)");
  EXPECT_EQ(tuple.names, (std::vector<std::string>{"a", "b c", ""}));
  EXPECT_EQ(tuple.children[1].children[1].scale, 1);
  const ClickhouseType sum = Parse("SimpleAggregateFunction(sum, UInt64)");
  EXPECT_EQ(sum.kind, Kind::kSimpleAggregate);
  EXPECT_EQ(sum.children[0].bits, 64);
}

TEST(ClickhouseType, BrokenOnes) {
  for (const char* text : {"", "Array(Int8", "Nullable()", "Decimal(x, 2)", "Map(String)",
                           "Enum8('a = 1)", "Enum8(1)", "Array(Int8))"}) {
    EXPECT_FALSE(ParseClickhouseType(text).ok()) << text;
  }
}

TEST(ClickhouseTypeOf, KeepsEveryValue) {
  EXPECT_EQ(ClickhouseTypeOf(DataType::Of(TypeKind::kUInt16)), "UInt16");
  EXPECT_EQ(ClickhouseTypeOf(DataType::Decimal(10, 2).AsOptional()), "Nullable(Decimal(10, 2))");
  EXPECT_EQ(ClickhouseTypeOf(DataType::Enum({"a"}).AsOptional()),
            "LowCardinality(Nullable(String))");
  EXPECT_EQ(ClickhouseTypeOf(DataType::Timestamp()), "DateTime64(6, 'UTC')");
  EXPECT_EQ(ClickhouseTypeOf(DataType::List(DataType::Bool().AsOptional())),
            "Array(Nullable(Bool))");
  EXPECT_EQ(ClickhouseTypeOf(DataType::List(DataType::Bool()).AsOptional()), "Nullable(String)");
  EXPECT_EQ(ClickhouseTypeOf(DataType::Map(DataType::String(), DataType::Uuid())),
            "Map(String, UUID)");
  EXPECT_EQ(ClickhouseTypeOf(DataType::Map(DataType::Timestamp(), DataType::Uuid())), "String");
  EXPECT_EQ(ClickhouseTypeOf(DataType::Struct({{"a b", DataType::Int64()}})), "Tuple(`a b` Int64)");
}

}  // namespace
}  // namespace weir
