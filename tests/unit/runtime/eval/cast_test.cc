#include "runtime/types/decimal.h"
#include "tests/unit/runtime/eval/eval_fixture.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

plan::ExprPtr Json(const std::string& text) { return Lit(Value(DataType::Json(), text)); }

DataType T(TypeKind kind) { return DataType::Of(kind); }

TEST(Cast, IntegersNarrowOnlyWhenTheyFit) {
  EXPECT_EQ(RunOne(Cast(Lit(int64_t{200}), T(TypeKind::kUInt8))), "200");
  EXPECT_EQ(RunOne(Cast(Lit(int64_t{256}), T(TypeKind::kUInt8))), "error: 256 is not a uint8");
  EXPECT_EQ(RunOne(Cast(Lit(int64_t{-1}), T(TypeKind::kUInt64))), "error: -1 is not a uint64");
  EXPECT_EQ(RunOne(Cast(Lit(Value(T(TypeKind::kUInt64), UINT64_MAX)), DataType::Int64())),
            "error: 18446744073709551615 is not a int64");
}

TEST(Cast, DecimalsNeverRound) {
  auto value = Lit(Value::Decimal(1250, 10, 2));
  EXPECT_EQ(RunOne(Cast(value, DataType::Decimal(10, 1))), "12.5");
  EXPECT_THAT(RunOne(Cast(value, DataType::Decimal(10, 0))), HasSubstr("12.50 is not a decimal"));
  EXPECT_THAT(RunOne(Cast(value, DataType::Int64())), HasSubstr("error"));
  EXPECT_EQ(RunOne(Cast(Lit(Value::Decimal(1200, 10, 2)), DataType::Int64())), "12");
  EXPECT_EQ(RunOne(Cast(value, DataType::Float64())), "12.5");
}

TEST(Cast, FloatsBecomeIntegersOnlyWhenWhole) {
  EXPECT_EQ(RunOne(Cast(Lit(3.0), DataType::Int64())), "3");
  EXPECT_THAT(RunOne(Cast(Lit(3.5), DataType::Int64())), HasSubstr("error"));
  EXPECT_THAT(RunOne(Cast(Lit(0x1p63), DataType::Int64())), HasSubstr("error"));
  EXPECT_EQ(RunOne(Cast(Lit(0.1), DataType::Decimal(10, 2))), "0.10");
  EXPECT_THAT(RunOne(Cast(Lit(1e300), T(TypeKind::kFloat32))), HasSubstr("error"));
}

TEST(Cast, TextToEverything) {
  EXPECT_EQ(RunOne(Cast(Lit("12"), T(TypeKind::kInt32))), "12");
  EXPECT_EQ(RunOne(Cast(Lit("true"), DataType::Bool())), "true");
  EXPECT_EQ(RunOne(Cast(Lit("1.50"), DataType::Decimal(5, 2))), "1.50");
  EXPECT_THAT(RunOne(Cast(Lit("12,50"), DataType::Decimal(10, 2))), HasSubstr("\"12,50\""));
  EXPECT_EQ(RunOne(Cast(Lit("2026-01-01"), T(TypeKind::kDate))), "\"2026-01-01\"");
  EXPECT_EQ(RunOne(Cast(Lit("1h"), DataType::Duration())), "\"1h\"");
  EXPECT_EQ(RunOne(Cast(Lit("10.0.0.1"), T(TypeKind::kIpv4))), "\"10.0.0.1\"");
  EXPECT_EQ(RunOne(Cast(Lit("b"), DataType::Enum({"a", "b"}))), "\"b\"");
  EXPECT_EQ(RunOne(Cast(Lit("aGk="), DataType::Bytes())), "\"aGk=\"");
  EXPECT_THAT(RunOne(Cast(Lit("?"), DataType::Bytes())), HasSubstr("not base64"));
}

TEST(Cast, EverythingToText) {
  EXPECT_EQ(RunOne(Cast(Lit(Value::Decimal(-5, 4, 2)), DataType::String())), "\"-0.05\"");
  EXPECT_EQ(RunOne(Cast(Lit(Value::Duration(90'000'000)), DataType::String())), "\"1m30s\"");
  DataType tier = DataType::Enum({"gold", "silver"});
  EXPECT_EQ(RunOne(Cast(Lit(Value(tier, uint16_t{1})), DataType::String())), "\"silver\"");
}

TEST(Cast, DaysAndMoments) {
  auto before = Lit(Value::Timestamp(-1));
  EXPECT_EQ(RunOne(Cast(before, T(TypeKind::kDate))), "\"1969-12-31\"");
  EXPECT_EQ(RunOne(Cast(Lit(Value(T(TypeKind::kDate), int64_t{1})), DataType::Timestamp())),
            "\"1970-01-02T00:00:00.000000Z\"");
}

TEST(Cast, EnumsByName) {
  DataType from = DataType::Enum({"a", "b"}), to = DataType::Enum({"b", "c"});
  auto column = Flat(from, {Value(from, uint16_t{0}), Value(from, uint16_t{1})});
  EXPECT_THAT(RunAll(Cast(Col(0, from), to), {column}),
              ElementsAre(HasSubstr("a is not a"), "\"b\""));
}

TEST(Cast, OptionalToRequiredFailsOnNull) {
  DataType optional = DataType::Int64().AsOptional();
  auto column = Flat(optional, {Value::Null(optional), Value::Int64(3)});
  EXPECT_THAT(RunAll(Cast(Col(0, optional), DataType::Int64()), {column}),
              ElementsAre("error: null is not a int64", "3"));
  EXPECT_THAT(RunAll(Cast(Col(0, optional), DataType::String().AsOptional()), {column}),
              ElementsAre("null", "\"3\""));
}

TEST(CastFromJson, ScalarsByTheirOwnText) {
  EXPECT_EQ(RunOne(Cast(Json("12.10"), DataType::Decimal(10, 2))), "12.10");
  EXPECT_EQ(RunOne(Cast(Json("\"12.10\""), DataType::Decimal(10, 2))), "12.10");
  EXPECT_EQ(RunOne(Cast(Json("0.1234567890123456789"), DataType::Decimal(38, 19))),
            "0.1234567890123456789");
  EXPECT_THAT(RunOne(Cast(Json("12.105"), DataType::Decimal(10, 2))), HasSubstr("error"));
  EXPECT_EQ(RunOne(Cast(Json("\"a\\u0041\\n\""), DataType::String())), "\"aA\\n\"");
  EXPECT_EQ(RunOne(Cast(Json("7"), DataType::String())), "\"7\"");
  EXPECT_THAT(RunOne(Cast(Json("{}"), DataType::Int64())), HasSubstr("is an object"));
  EXPECT_EQ(RunOne(Cast(Json("null"), DataType::Int64().AsOptional())), "null");
  EXPECT_THAT(RunOne(Cast(Json("null"), DataType::Int64())), HasSubstr("error"));
  EXPECT_THAT(RunOne(Cast(Json("\"unfinished"), DataType::String())), HasSubstr("error"));
}

TEST(CastFromJson, NestedTypes) {
  DataType inner = DataType::List(DataType::Decimal(5, 2).AsOptional());
  DataType lists = DataType::List(inner);
  EXPECT_EQ(RunOne(Cast(Json("[[1, null], [], [\"2.5\"]]"), lists)), "[[1.00,null],[],[2.50]]");
  EXPECT_THAT(RunOne(Cast(Json("[[1], [true]]"), lists)), HasSubstr("[1]: [0]: "));

  DataType row =
      DataType::Struct({{"a", DataType::Int64()}, {"b", DataType::String().AsOptional()}});
  EXPECT_EQ(RunOne(Cast(Json("{\"x\": 0, \"a\": 1}"), row)), "{\"a\":1}");
  EXPECT_THAT(RunOne(Cast(Json("{\"b\": \"x\"}"), row)), HasSubstr("a: null is not a int64"));

  DataType map = DataType::Map(DataType::Int64(), DataType::Bool());
  EXPECT_EQ(RunOne(Cast(Json("{\"1\": true, \"2\": false, \"1\": false}"), map)),
            "{\"1\":true,\"2\":false}");
}

TEST(CastFromJson, ARowDoesNotSpoilItsNeighbours) {
  DataType list = DataType::List(DataType::Int64());
  auto column = Texts(DataType::Json(), {"[1, 2]", "[1, \"x\"]", "[3]", "5"});
  EXPECT_THAT(RunAll(Cast(Col(0, DataType::Json()), list), {column}),
              ElementsAre("[1,2]", HasSubstr("[1]: "), "[3]", HasSubstr("is a number")));
}

TEST(CastToJson, NestedValues) {
  DataType list = DataType::List(DataType::Decimal(5, 2));
  Value value(list, Value::List{Value::Decimal(150, 5, 2), Value::Decimal(5, 5, 2)});
  EXPECT_EQ(RunOne(Cast(Lit(value), DataType::Json())), "[1.50,0.05]");
  EXPECT_EQ(RunOne(Cast(Lit("a\"b"), DataType::Json())), "\"a\\\"b\"");
}

TEST(CastNested, ListsAndStructsByElement) {
  DataType from = DataType::List(DataType::Int64());
  DataType to = DataType::List(DataType::String());
  Value value(from, Value::List{Value::Int64(1), Value::Int64(2)});
  EXPECT_EQ(RunOne(Cast(Lit(value), to)), "[\"1\",\"2\"]");
  DataType a = DataType::Struct({{"x", DataType::Int64()}, {"y", DataType::String()}});
  DataType b = DataType::Struct(
      {{"y", DataType::String()}, {"x", T(TypeKind::kInt8)}, {"z", DataType::Bool().AsOptional()}});
  Value row(a, Value::List{Value::Int64(5), Value::String("q")});
  EXPECT_EQ(RunOne(Cast(Lit(row), b)), "{\"y\":\"q\",\"x\":5}");
}

}  // namespace
}  // namespace weir
