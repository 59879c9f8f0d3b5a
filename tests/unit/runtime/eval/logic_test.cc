#include "tests/unit/runtime/eval/eval_fixture.h"

namespace weir {
namespace {

using plan::CompareOp;
using plan::ExprKind;
using testing::ElementsAre;
using testing::HasSubstr;

const DataType kInt = DataType::Int64();
const DataType kMaybe = DataType::Int64().AsOptional();
const DataType kBool = DataType::Bool();

plan::ExprPtr TenOver(int column) {
  return plan::MakeArith(plan::ArithOp::kDivide, kInt, Lit(int64_t{10}), Col(column, kInt));
}

plan::ExprPtr NotZero(int column) {
  return plan::MakeCompare(CompareOp::kNotEqual, Col(column, kInt), Lit(int64_t{0}));
}

TEST(Logic, AndGuardsItsRightSide) {
  auto expr = plan::MakeBinary(ExprKind::kAnd, kBool, NotZero(0),
                               plan::MakeCompare(CompareOp::kGreater, TenOver(0), Lit(int64_t{2})));
  EXPECT_THAT(RunAll(expr, {Ints({0, 1, 10})}), ElementsAre("false", "true", "false"));
}

TEST(Logic, OrGuardsItsRightSide) {
  auto zero = plan::MakeCompare(CompareOp::kEqual, Col(0, kInt), Lit(int64_t{0}));
  auto expr = plan::MakeBinary(ExprKind::kOr, kBool, zero,
                               plan::MakeCompare(CompareOp::kGreater, TenOver(0), Lit(int64_t{2})));
  EXPECT_THAT(RunAll(expr, {Ints({0, 1, 10})}), ElementsAre("true", "true", "false"));
}

TEST(Logic, OptionalOperandsFollowKleene) {
  DataType maybe = kBool.AsOptional();
  std::vector<Value> all = {Value::Bool(false), Value::Bool(true), Value::Null(maybe)};
  std::vector<Value> left, right;
  for (const Value& a : all) {
    for (const Value& b : all) {
      left.push_back(a);
      right.push_back(b);
    }
  }
  std::vector<ColumnPtr> columns = {Flat(maybe, left), Flat(maybe, right)};
  EXPECT_THAT(
      RunAll(plan::MakeBinary(ExprKind::kAnd, maybe, Col(0, maybe), Col(1, maybe)), columns),
      ElementsAre("false", "false", "false", "false", "true", "null", "false", "null", "null"));
  EXPECT_THAT(RunAll(plan::MakeBinary(ExprKind::kOr, maybe, Col(0, maybe), Col(1, maybe)), columns),
              ElementsAre("false", "true", "null", "true", "true", "true", "null", "true", "null"));
}

TEST(Compare, EqualityIsTotal) {
  auto column = Flat(kMaybe, {Value::Int64(1), Value::Null(kMaybe)});
  auto other = Flat(kMaybe, {Value::Null(kMaybe), Value::Null(kMaybe)});
  auto compare = [](CompareOp op) { return plan::MakeCompare(op, Col(0, kMaybe), Col(1, kMaybe)); };
  EXPECT_THAT(RunAll(compare(CompareOp::kEqual), {column, other}), ElementsAre("false", "true"));
  EXPECT_THAT(RunAll(compare(CompareOp::kNotEqual), {column, other}), ElementsAre("true", "false"));
  EXPECT_THAT(RunAll(compare(CompareOp::kLess), {column, other}), ElementsAre("null", "null"));
}

TEST(Compare, DecimalsOfAnyScale) {
  auto compare = [](CompareOp op, Value a, Value b) {
    return RunOne(plan::MakeCompare(op, Lit(std::move(a)), Lit(std::move(b))));
  };
  EXPECT_EQ(compare(CompareOp::kEqual, Value::Decimal(150, 5, 2), Value::Decimal(15, 5, 1)),
            "true");
  EXPECT_EQ(compare(CompareOp::kLess, Value::Decimal(151, 5, 2), Value::Decimal(15, 38, 1)),
            "false");
  EXPECT_EQ(compare(CompareOp::kGreaterEqual, Value::Int64(2), Value::Decimal(20, 3, 1)), "true");
}

TEST(Compare, EnumsWithOtherValuesByName) {
  DataType a = DataType::Enum({"x", "y"}), b = DataType::Enum({"y", "z"});
  auto expr = plan::MakeCompare(CompareOp::kEqual, Col(0, a), Col(1, b));
  EXPECT_THAT(RunAll(expr, {Flat(a, {Value(a, uint16_t{1}), Value(a, uint16_t{0})}),
                            Flat(b, {Value(b, uint16_t{0}), Value(b, uint16_t{0})})}),
              ElementsAre("true", "false"));
}

TEST(Compare, NestedValues) {
  DataType list = DataType::List(kMaybe);
  Value one(list, Value::List{Value::Int64(1), Value::Null(kMaybe)});
  Value two(list, Value::List{Value::Int64(1), Value::Int64(2)});
  EXPECT_EQ(RunOne(plan::MakeCompare(CompareOp::kEqual, Lit(one), Lit(one))), "true");
  EXPECT_EQ(RunOne(plan::MakeCompare(CompareOp::kNotEqual, Lit(one), Lit(two))), "true");
}

TEST(Conditional, OnlyTheTakenBranchIsEvaluated) {
  auto expr = Node(ExprKind::kIf, kInt, {NotZero(0), TenOver(0), Lit(int64_t{-1})});
  EXPECT_THAT(RunAll(expr, {Ints({0, 5, 1})}), ElementsAre("-1", "2", "10"));
}

TEST(Conditional, CoalesceEvaluatesTheRightForNullsOnly) {
  auto expr = plan::MakeBinary(ExprKind::kCoalesce, kInt, Col(0, kMaybe), TenOver(1));
  auto column = Flat(kMaybe, {Value::Int64(7), Value::Null(kMaybe), Value::Null(kMaybe)});
  EXPECT_THAT(RunAll(expr, {column, Ints({0, 2, 0})}),
              ElementsAre("7", "5", HasSubstr("division by zero")));
}

TEST(Conditional, TryTurnsFailuresIntoNull) {
  auto attempt = plan::MakeUnary(ExprKind::kTry, kMaybe, TenOver(0));
  EXPECT_THAT(RunAll(attempt, {Ints({0, 5})}), ElementsAre("null", "2"));
  EXPECT_FALSE(attempt->CanFail());
}

TEST(Conditional, CaseTakesTheFirstArm) {
  auto subject = Node(ExprKind::kSubject, kInt, {});
  auto is = [&](int64_t value) {
    return plan::MakeCompare(CompareOp::kEqual, subject, Lit(value));
  };
  auto less = plan::MakeCompare(CompareOp::kLess, subject, Lit(int64_t{10}));
  auto expr = Node(ExprKind::kCase, DataType::String(),
                   {Col(0, kInt), is(1), Lit("one"), less, Lit("small"), Lit("big")});
  EXPECT_THAT(RunAll(expr, {Ints({1, 5, 50})}), ElementsAre("\"one\"", "\"small\"", "\"big\""));
}

TEST(Conditional, BranchesWithListsOfDifferentColumns) {
  DataType list = DataType::List(kInt);
  auto expr = Node(ExprKind::kIf, list,
                   {NotZero(0), Node(ExprKind::kMakeList, list, {Col(0, kInt), Lit(int64_t{9})}),
                    Node(ExprKind::kMakeList, list, {Col(1, kInt)})});
  EXPECT_THAT(RunAll(expr, {Ints({0, 2}), Ints({3, 4})}), ElementsAre("[3]", "[2,9]"));
}

TEST(Errors, AFailedRowIsNotEvaluatedFurther) {
  auto expr = plan::MakeArith(plan::ArithOp::kAdd, kInt, TenOver(0), TenOver(0));
  auto evaluator = Evaluator::Compile(expr);
  ASSERT_TRUE(evaluator.ok());
  std::vector<ColumnPtr> columns = {Ints({0, 1})};
  EvalInput input{columns.data(), 1, nullptr, 2, 0};
  RowErrors errors;
  (void)(*evaluator)->Evaluate(input, RowSet::All(2), errors);
  EXPECT_EQ(errors.errors().size(), 1u);
}

TEST(Predicates, SelectTrueRowsOnly) {
  DataType maybe = kBool.AsOptional();
  auto column =
      Flat(maybe, {Value::Bool(true), Value::Null(maybe), Value::Bool(false), Value::Bool(true)});
  auto predicate = Predicate::Compile(Col(0, maybe));
  ASSERT_TRUE(predicate.ok());
  EvalInput input{&column, 1, nullptr, 4, 0};
  RowErrors errors;
  RowIndices rows = {0, 1, 2}, selected;
  (*predicate)->Select(input, RowSet::Of(rows), errors, selected);
  EXPECT_THAT(selected, ElementsAre(0));
}

TEST(Predicates, FailingRowsAreErrorsAndNotSelected) {
  auto condition = plan::MakeBinary(
      ExprKind::kAnd, kBool, plan::MakeCompare(CompareOp::kLess, Col(0, kInt), Lit(int64_t{5})),
      plan::MakeCompare(CompareOp::kGreater, TenOver(0), Lit(int64_t{2})));
  auto predicate = Predicate::Compile(condition);
  ASSERT_TRUE(predicate.ok());
  ColumnPtr column = Ints({0, 1, 9});
  EvalInput input{&column, 1, nullptr, 3, 0};
  RowErrors errors;
  RowIndices selected;
  (*predicate)->Select(input, RowSet::All(3), errors, selected);
  EXPECT_THAT(selected, ElementsAre(1));
  EXPECT_THAT(errors.Rows(), ElementsAre(0));
}

TEST(Constants, FoldOrSayWhy) {
  auto sum = plan::MakeArith(plan::ArithOp::kAdd, kInt, Lit(int64_t{1}), Lit(int64_t{2}));
  ASSERT_TRUE(EvaluateConstant(sum).ok());
  EXPECT_EQ(EvaluateConstant(sum)->as_int64(), 3);
  auto bad = plan::MakeArith(plan::ArithOp::kDivide, kInt, Lit(int64_t{1}), Lit(int64_t{0}));
  EXPECT_EQ(EvaluateConstant(bad).status().message(), "1 / 0: division by zero");
  EXPECT_FALSE(EvaluateConstant(Col(0, kInt)).ok());
  // A constant that fails where no row needs it harms nobody.
  auto guarded = Node(ExprKind::kIf, kInt, {NotZero(0), Lit(int64_t{1}), bad});
  EXPECT_THAT(RunAll(guarded, {Ints({1, 0})}), ElementsAre("1", HasSubstr("division by zero")));
}

TEST(Constants, DeepNestingCompilesOnce) {
  plan::ExprPtr expr =
      plan::MakeArith(plan::ArithOp::kDivide, kInt, Lit(int64_t{1}), Lit(int64_t{0}));
  for (int i = 0; i < 200; ++i) {
    expr = plan::MakeArith(plan::ArithOp::kAdd, kInt, expr, Lit(int64_t{1}));
  }
  EXPECT_THAT(RunOne(expr), HasSubstr("division by zero"));
}

}  // namespace
}  // namespace weir
