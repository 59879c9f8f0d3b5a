#include "compiler/plan/expr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/plan/cast_rules.h"
#include "runtime/types/decimal.h"

namespace weir::plan {
namespace {

const DataType kInt = DataType::Int64();

ExprPtr A() { return MakeColumn(0, "a", kInt); }
ExprPtr B() { return MakeColumn(1, "b", kInt); }
ExprPtr Lit(int64_t value) { return MakeLiteral(Value::Int64(value)); }
ExprPtr Arith(ArithOp op, ExprPtr a, ExprPtr b, DataType type = kInt) {
  return MakeArith(op, std::move(type), std::move(a), std::move(b));
}
ExprPtr Cast(ExprPtr child, DataType type) {
  return MakeUnary(ExprKind::kCast, std::move(type), std::move(child));
}

TEST(ExprText, ParenthesesOnlyWhereNeeded) {
  ExprPtr sum = Arith(ArithOp::kAdd, A(), B());
  EXPECT_EQ(Arith(ArithOp::kMultiply, sum, Lit(2))->ToString(), "(a + b) * 2");
  EXPECT_EQ(Arith(ArithOp::kSubtract, sum, Lit(2))->ToString(), "a + b - 2");
  EXPECT_EQ(Arith(ArithOp::kSubtract, Lit(2), sum)->ToString(), "2 - (a + b)");
  ExprPtr less = MakeCompare(CompareOp::kLess, A(), sum);
  ExprPtr either = MakeBinary(ExprKind::kOr, DataType::Bool(), less, less);
  EXPECT_EQ(MakeBinary(ExprKind::kAnd, DataType::Bool(), either, less)->ToString(),
            "(a < a + b or a < a + b) and a < a + b");
  EXPECT_EQ(
      MakeUnary(ExprKind::kTry, kInt.AsOptional(), Arith(ArithOp::kDivide, A(), B()))->ToString(),
      "try (a / b)");
  EXPECT_EQ(Cast(A(), DataType::String())->ToString(), "cast(a as string)");
}

TEST(ExprEquality, IsStructuralAndIgnoresSpans) {
  ExprPtr one = Arith(ArithOp::kAdd, A(), Lit(1));
  ExprPtr two = MakeArith(ArithOp::kAdd, kInt, A(), Lit(1), Span{1, 2, 3});
  EXPECT_TRUE(SameExpr(*one, *two));
  EXPECT_FALSE(SameExpr(*one, *Arith(ArithOp::kSubtract, A(), Lit(1))));
  EXPECT_FALSE(SameExpr(*one, *Arith(ArithOp::kAdd, A(), Lit(2))));
  EXPECT_FALSE(SameExpr(*one, *Arith(ArithOp::kAdd, B(), Lit(1))));
}

TEST(ExprColumns, AreSortedAndUnique) {
  std::vector<int> columns;
  CollectColumns(*Arith(ArithOp::kAdd, Arith(ArithOp::kAdd, B(), A()), B()), columns);
  EXPECT_THAT(columns, testing::ElementsAre(0, 1));
}

TEST(CanFail, ArithmeticByTheRangesOfItsTypes) {
  DataType int32 = DataType::Of(TypeKind::kInt32);
  ExprPtr narrow = MakeColumn(0, "n", int32);
  EXPECT_TRUE(Arith(ArithOp::kAdd, A(), Lit(1))->CanFail());
  EXPECT_FALSE(Arith(ArithOp::kAdd, Cast(narrow, kInt), Lit(1))->CanFail());
  EXPECT_FALSE(Arith(ArithOp::kMultiply, Cast(narrow, kInt), Cast(narrow, kInt))->CanFail());
  EXPECT_TRUE(Arith(ArithOp::kDivide, A(), B())->CanFail());
  EXPECT_FALSE(Arith(ArithOp::kDivide, A(), Lit(2))->CanFail());
  EXPECT_TRUE(Arith(ArithOp::kDivide, A(), Lit(-1))->CanFail());
  EXPECT_FALSE(Arith(ArithOp::kModulo, A(), Lit(3))->CanFail());
  DataType real = DataType::Float64();
  ExprPtr x = MakeColumn(0, "x", real);
  EXPECT_FALSE(Arith(ArithOp::kDivide, x, x, real)->CanFail());
}

TEST(CanFail, DecimalsWhenDigitsMayNotFit) {
  DataType money = DataType::Decimal(10, 2), wide = DataType::Decimal(38, 0);
  ExprPtr m = MakeColumn(0, "m", money), w = MakeColumn(1, "w", wide);
  EXPECT_FALSE(Arith(ArithOp::kAdd, m, m, DecimalAddType(money, money))->CanFail());
  EXPECT_FALSE(Arith(ArithOp::kMultiply, m, m, DecimalMultiplyType(money, money))->CanFail());
  EXPECT_TRUE(Arith(ArithOp::kAdd, w, w, DecimalAddType(wide, wide))->CanFail());
  EXPECT_TRUE(Arith(ArithOp::kDivide, m, m, DecimalDivideType(money, money))->CanFail());
}

TEST(CanFail, MomentsMovedByAConstantDoNot) {
  ExprPtr ts = MakeColumn(0, "t", DataType::Timestamp());
  ExprPtr gap = MakeLiteral(Value::Duration(5));
  ExprPtr duration = MakeColumn(1, "d", DataType::Duration());
  EXPECT_FALSE(Arith(ArithOp::kAdd, ts, gap, DataType::Timestamp())->CanFail());
  EXPECT_FALSE(Arith(ArithOp::kSubtract, ts, ts, DataType::Duration())->CanFail());
  EXPECT_TRUE(Arith(ArithOp::kAdd, ts, duration, DataType::Timestamp())->CanFail());
}

TEST(CanFail, NotUnderTry) {
  ExprPtr division = Arith(ArithOp::kDivide, A(), B());
  EXPECT_FALSE(MakeUnary(ExprKind::kTry, kInt.AsOptional(), division)->CanFail());
}

TEST(CastRules, SayWhatExistsAndWhatIsSafe) {
  auto safety = [](const DataType& from, const DataType& to) { return SafetyOfCast(from, to); };
  DataType int32 = DataType::Of(TypeKind::kInt32), u32 = DataType::Of(TypeKind::kUInt32);
  EXPECT_EQ(safety(int32, kInt), CastSafety::kSafe);
  EXPECT_EQ(safety(kInt, int32), CastSafety::kFallible);
  EXPECT_EQ(safety(u32, int32), CastSafety::kFallible);
  EXPECT_EQ(safety(u32, kInt), CastSafety::kSafe);
  EXPECT_EQ(safety(int32, DataType::Decimal(10, 0)), CastSafety::kSafe);
  EXPECT_EQ(safety(int32, DataType::Decimal(10, 2)), CastSafety::kFallible);
  EXPECT_EQ(safety(kInt, DataType::String()), CastSafety::kSafe);
  EXPECT_EQ(safety(DataType::String(), kInt), CastSafety::kFallible);
  EXPECT_EQ(safety(kInt, DataType::Bool()), CastSafety::kNever);
  EXPECT_EQ(safety(kInt, DataType::Timestamp()), CastSafety::kNever);
  EXPECT_EQ(safety(kInt.AsOptional(), kInt), CastSafety::kFallible);
  EXPECT_EQ(safety(kInt, kInt.AsOptional()), CastSafety::kSafe);
  EXPECT_EQ(safety(DataType::Json(), DataType::List(kInt)), CastSafety::kFallible);
  EXPECT_EQ(safety(DataType::List(kInt), DataType::Json()), CastSafety::kSafe);
  EXPECT_EQ(safety(DataType::Enum({"a"}), DataType::Enum({"a", "b"})), CastSafety::kSafe);
  EXPECT_EQ(safety(DataType::Enum({"a", "b"}), DataType::Enum({"a"})), CastSafety::kFallible);
}

}  // namespace
}  // namespace weir::plan
