#include "runtime/types/decimal.h"
#include "tests/unit/runtime/eval/eval_fixture.h"

namespace weir {
namespace {

using plan::ArithOp;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

plan::ExprPtr Arith(ArithOp op, plan::ExprPtr a, plan::ExprPtr b, DataType type) {
  return plan::MakeArith(op, std::move(type), std::move(a), std::move(b));
}

plan::ExprPtr Dec(const char* text, int precision, int scale) {
  return Lit(Value::Decimal(*ParseDecimal(text, precision, scale), precision, scale));
}

TEST(Arithmetic, IntegersAreCheckedPerRow) {
  auto expr = Arith(ArithOp::kAdd, Col(0, DataType::Int64()), Lit(int64_t{1}), DataType::Int64());
  EXPECT_THAT(RunAll(expr, {Ints({1, INT64_MAX, -1})}),
              ElementsAre("2", "error: 9223372036854775807 + 1 is out of range for int64", "0"));
}

TEST(Arithmetic, NarrowTypesHaveTheirOwnRange) {
  DataType int8 = DataType::Of(TypeKind::kInt8);
  auto expr = Arith(ArithOp::kMultiply, Col(0, int8), Col(0, int8), int8);
  EXPECT_THAT(RunAll(expr, {Flat(int8, {Value(int8, int64_t{11}), Value(int8, int64_t{12})})}),
              ElementsAre("121", HasSubstr("out of range for int8")));
}

TEST(Arithmetic, UnsignedGoesToItsEndsAndNoFurther) {
  DataType u64 = DataType::Of(TypeKind::kUInt64);
  auto column = Flat(u64, {Value(u64, uint64_t{0}), Value(u64, UINT64_MAX)});
  auto one = Lit(Value(u64, uint64_t{1}));
  EXPECT_THAT(RunAll(Arith(ArithOp::kSubtract, Col(0, u64), one, u64), {column}),
              ElementsAre(StartsWith("error: 0 - 1"), "18446744073709551614"));
  auto most = Lit(Value(u64, UINT64_MAX));
  EXPECT_THAT(RunAll(Arith(ArithOp::kDivide, Col(0, u64), most, u64), {column}),
              ElementsAre("0", "1"));
}

TEST(Arithmetic, DivisionTruncatesAndZeroFails) {
  auto by = [](ArithOp op, int64_t divisor) {
    return Arith(op, Col(0, DataType::Int64()), Lit(divisor), DataType::Int64());
  };
  ColumnPtr column = Ints({7, -7, INT64_MIN});
  EXPECT_THAT(RunAll(by(ArithOp::kDivide, 2), {column}),
              ElementsAre("3", "-3", "-4611686018427387904"));
  EXPECT_THAT(RunAll(by(ArithOp::kModulo, 2), {column}), ElementsAre("1", "-1", "0"));
  EXPECT_THAT(RunAll(by(ArithOp::kDivide, 0), {column})[0], "error: 7 / 0: division by zero");
  EXPECT_THAT(RunAll(by(ArithOp::kDivide, -1), {column}),
              ElementsAre("-7", "7", HasSubstr("out of range")));
  EXPECT_THAT(RunAll(by(ArithOp::kModulo, -1), {column}), ElementsAre("0", "0", "0"));
}

TEST(Arithmetic, FloatsFollowIeee) {
  auto expr = Arith(ArithOp::kDivide, Lit(1.0), Lit(0.0), DataType::Float64());
  EXPECT_EQ(RunOne(expr), "\"Infinity\"");
}

TEST(Arithmetic, NullsPropagateAndDontFail) {
  DataType type = DataType::Int64().AsOptional();
  auto column = Flat(type, {Value::Int64(4), Value::Null(type)});
  auto expr = Arith(ArithOp::kDivide, Lit(int64_t{8}), Col(0, type), type);
  EXPECT_THAT(RunAll(expr, {column}), ElementsAre("2", "null"));
}

TEST(DecimalArithmetic, SumsAlignScales) {
  DataType a = DataType::Decimal(10, 2), b = DataType::Decimal(6, 4);
  EXPECT_EQ(
      RunOne(Arith(ArithOp::kAdd, Dec("1.25", 10, 2), Dec("0.0001", 6, 4), DecimalAddType(a, b))),
      "1.2501");
}

TEST(DecimalArithmetic, ProductsAreExact) {
  DataType money = DataType::Decimal(10, 2);
  EXPECT_EQ(RunOne(Arith(ArithOp::kMultiply, Dec("19.99", 10, 2), Dec("-3.10", 10, 2),
                         DecimalMultiplyType(money, money))),
            "-61.9690");
}

TEST(DecimalArithmetic, QuotientsRoundHalfAwayFromZero) {
  DataType result = DataType::Decimal(10, 2);
  auto divide = [&](const char* a, const char* b) {
    return RunOne(Arith(ArithOp::kDivide, Dec(a, 10, 2), Dec(b, 10, 2), result));
  };
  EXPECT_EQ(divide("1.00", "8.00"), "0.13");
  EXPECT_EQ(divide("-1.00", "8.00"), "-0.13");
  EXPECT_EQ(divide("2.00", "3.00"), "0.67");
  EXPECT_THAT(divide("2.00", "0.00"), HasSubstr("division by zero"));
}

TEST(DecimalArithmetic, WideValuesUseAllDigits) {
  const char* nines = "99999999999999999999999999999999999999";
  DataType wide = DataType::Decimal(38, 0);
  EXPECT_THAT(RunOne(Arith(ArithOp::kAdd, Dec(nines, 38, 0), Dec("1", 38, 0), wide)),
              HasSubstr("out of range"));
  EXPECT_EQ(RunOne(Arith(ArithOp::kSubtract, Dec(nines, 38, 0), Dec("1", 38, 0), wide)),
            "99999999999999999999999999999999999998");
  // The exact product has 76 digits; the result keeps what its scale allows.
  EXPECT_EQ(
      RunOne(Arith(ArithOp::kMultiply, Dec("0.99999999999999999999999999999999999999", 38, 38),
                   Dec("0.99999999999999999999999999999999999999", 38, 38),
                   DataType::Decimal(38, 38))),
      "0.99999999999999999999999999999999999998");
  EXPECT_EQ(RunOne(Arith(ArithOp::kDivide, Dec(nines, 38, 0), Dec("3", 38, 0), wide)),
            "33333333333333333333333333333333333333");
}

TEST(TimeArithmetic, MomentsAndDurations) {
  auto ts = Lit(Value::Timestamp(10'000'000));
  auto minute = Lit(Value::Duration(60'000'000));
  EXPECT_EQ(RunOne(Arith(ArithOp::kAdd, ts, minute, DataType::Timestamp())),
            "\"1970-01-01T00:01:10.000000Z\"");
  EXPECT_EQ(
      RunOne(Arith(ArithOp::kSubtract, ts, Lit(Value::Timestamp(4'000'000)), DataType::Duration())),
      "\"6s\"");
  EXPECT_EQ(RunOne(Arith(ArithOp::kMultiply, minute, Lit(int64_t{3}), DataType::Duration())),
            "\"3m\"");
  EXPECT_EQ(RunOne(Arith(ArithOp::kDivide, minute, Lit(int64_t{4}), DataType::Duration())),
            "\"15s\"");
}

TEST(TimeArithmetic, SentinelsStayPut) {
  auto never = Lit(Value::Timestamp(kMinTimestamp));
  auto expr = Arith(ArithOp::kSubtract, Lit(Value::Timestamp(5)), never, DataType::Duration());
  auto value = EvaluateConstant(expr);
  ASSERT_TRUE(value.ok()) << value.status().ToString();
  EXPECT_EQ(value->as_int64(), INT64_MAX);
}

TEST(Negate, ChecksTheOneValueWithoutOpposite) {
  auto expr =
      plan::MakeUnary(plan::ExprKind::kNegate, DataType::Int64(), Col(0, DataType::Int64()));
  EXPECT_THAT(RunAll(expr, {Ints({3, INT64_MIN})}),
              ElementsAre("-3", HasSubstr("out of range for int64")));
}

}  // namespace
}  // namespace weir
