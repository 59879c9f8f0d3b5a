// Random expressions, evaluated in batches of different sizes, with flat and constant columns and
// with selections, against a row-at-a-time interpreter.
#include <random>

#include "tests/unit/runtime/eval/eval_fixture.h"
#include "tests/unit/runtime/eval/row_interpreter.h"

namespace weir {
namespace {

using plan::ExprKind;
using plan::ExprPtr;

constexpr int kColumns = 6;  // int64, int64?, bool, bool?, string, string?

DataType ColumnType(int column) {
  DataType types[] = {DataType::Int64(), DataType::Bool(), DataType::String()};
  return types[column / 2].WithOptional(column % 2 == 1);
}

/// Typed random expressions: every one that it makes is one that the type checker could.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  ExprPtr Int(int depth) {
    if (depth == 0) return Pick(2) == 0 ? Lit(SmallInt()) : Column(static_cast<int>(Pick(2)));
    switch (Pick(7)) {
      case 0: return Try(Arith(depth));
      case 1: return Choice(depth, [this](int d) { return Int(d); });
      case 2: return Cast(Text(depth - 1), DataType::Int64());
      case 3: return Case(depth);
      default: return Arith(depth);
    }
  }

  ExprPtr Bool(int depth) {
    if (depth == 0) return Column(2 + static_cast<int>(Pick(2)));
    switch (Pick(8)) {
      case 0: return Not(Bool(depth - 1));
      case 1: return IsNull(Pick(2) == 0 ? Int(depth - 1) : Text(depth - 1));
      case 2: return InList(depth);
      case 3: return Choice(depth, [this](int d) { return Bool(d); });
      case 4: return Logic(ExprKind::kAnd, depth);
      case 5: return Logic(ExprKind::kOr, depth);
      default: return Compare(depth);
    }
  }

  ExprPtr Text(int depth) {
    if (depth == 0) return Pick(3) == 0 ? Lit("7") : Column(4 + static_cast<int>(Pick(2)));
    if (Pick(2) == 0) return Choice(depth, [this](int d) { return Text(d); });
    ExprPtr child = Pick(2) == 0 ? Int(depth - 1) : Bool(depth - 1);
    return Cast(child, DataType::String());
  }

  Value RandomValue(int column) {
    DataType type = ColumnType(column);
    if (type.optional() && Pick(3) == 0) return Value::Null(type);
    switch (column / 2) {
      case 0: return Value::Int64(Pick(8) == 0 ? INT64_MAX - 3 - SmallInt() : SmallInt());
      case 1: return Value::Bool(Pick(2) == 0);
      default: {
        const char* texts[] = {"", "7", "-3", "x", "true", "99999999999999999999"};
        return Value::String(texts[Pick(6)]);
      }
    }
  }

  uint32_t Pick(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

 private:
  int64_t SmallInt() { return static_cast<int64_t>(Pick(7)) - 3; }
  static ExprPtr Column(int index) { return Col(index, ColumnType(index)); }
  static bool Either(const ExprPtr& a, const ExprPtr& b) {
    return a->type.optional() || b->type.optional();
  }
  static ExprPtr Cast(ExprPtr child, DataType type) {
    bool optional = child->type.optional();
    return weir::Cast(std::move(child), type.WithOptional(optional));
  }
  static ExprPtr Try(ExprPtr child) {
    DataType type = child->type.AsOptional();
    return plan::MakeUnary(ExprKind::kTry, type, std::move(child));
  }
  static ExprPtr Not(ExprPtr child) {
    DataType type = child->type;
    return plan::MakeUnary(ExprKind::kNot, type, std::move(child));
  }
  ExprPtr IsNull(ExprPtr child) {
    auto expr = std::make_shared<plan::Expr>();
    expr->kind = ExprKind::kIsNull;
    expr->type = DataType::Bool();
    expr->negated = Pick(2) == 0;
    expr->children = {std::move(child)};
    return expr;
  }
  ExprPtr Arith(int depth) {
    ExprPtr a = Int(depth - 1), b = Int(depth - 1);
    DataType type = DataType::Int64().WithOptional(Either(a, b));
    return plan::MakeArith(static_cast<plan::ArithOp>(Pick(5)), type, a, b);
  }
  ExprPtr Compare(int depth) {
    auto op = static_cast<plan::CompareOp>(Pick(6));
    switch (Pick(3)) {
      case 0: return plan::MakeCompare(op, Bool(depth - 1), Bool(depth - 1));
      case 1: return plan::MakeCompare(op, Text(depth - 1), Text(depth - 1));
      default: return plan::MakeCompare(op, Int(depth - 1), Int(depth - 1));
    }
  }
  ExprPtr Logic(ExprKind kind, int depth) {
    ExprPtr a = Bool(depth - 1), b = Bool(depth - 1);
    return plan::MakeBinary(kind, DataType::Bool().WithOptional(Either(a, b)), a, b);
  }
  ExprPtr InList(int depth) {
    auto expr = std::make_shared<plan::Expr>();
    expr->kind = ExprKind::kInList;
    ExprPtr child = Int(depth - 1);
    expr->type = DataType::Bool().WithOptional(child->type.optional());
    expr->children = {child};
    expr->negated = Pick(2) == 0;
    uint32_t count = 1 + Pick(12);
    for (uint32_t i = 0; i < count; ++i) expr->values.push_back(Value::Int64(SmallInt()));
    return expr;
  }
  template <typename Make>
  ExprPtr Choice(int depth, Make make) {
    ExprPtr a = make(depth - 1), b = make(depth - 1);
    if (Pick(2) == 0 && a->type.optional()) {
      return plan::MakeBinary(ExprKind::kCoalesce, b->type, a, b);
    }
    return Node(ExprKind::kIf, a->type.WithOptional(Either(a, b)), {Bool(depth - 1), a, b});
  }
  ExprPtr Case(int depth) {
    ExprPtr subject = Int(depth - 1);
    ExprPtr seen = Node(ExprKind::kSubject, subject->type, {});
    ExprPtr a = Int(depth - 1), b = Int(depth - 1);
    ExprPtr test = plan::MakeCompare(plan::CompareOp::kEqual, seen, Lit(SmallInt()));
    ExprPtr second = plan::MakeCompare(plan::CompareOp::kLess, Lit(SmallInt()), seen);
    DataType type = DataType::Int64().WithOptional(Either(a, b) || subject->type.optional());
    return Node(ExprKind::kCase, type, {subject, test, a, second, seen, b});
  }

  std::mt19937 random_;
};

struct Batch {
  std::vector<std::vector<Value>> columns;  // by column, then row
  std::vector<ColumnPtr> data;
  uint32_t size = 0;
};

Batch MakeBatch(Generator& random, uint32_t size) {
  Batch batch;
  batch.size = size;
  for (int c = 0; c < kColumns; ++c) {
    bool constant = random.Pick(4) == 0;
    std::vector<Value> values;
    Value same = random.RandomValue(c);
    for (uint32_t i = 0; i < size; ++i) values.push_back(constant ? same : random.RandomValue(c));
    batch.data.push_back(constant ? Column::Constant(same.WithType(ColumnType(c)), size)
                                  : Flat(ColumnType(c), values));
    batch.columns.push_back(std::move(values));
  }
  return batch;
}

std::string Text(const RowResult& result) {
  return result.failed ? "failed" : result.value.ToJson();
}

void CheckBatch(const ExprPtr& expr, Evaluator& evaluator, const Batch& batch, const RowSet& rows) {
  EvalInput input{batch.data.data(), batch.data.size(), nullptr, batch.size, 0};
  RowErrors errors;
  ColumnPtr result = evaluator.Evaluate(input, rows, errors);
  ASSERT_EQ(result->length(), batch.size);
  RowIndices failed = errors.Rows();
  std::vector<bool> has_failed(batch.size);
  for (RowIndex row : failed) has_failed[row] = true;
  uint32_t expected_failures = 0;
  rows.ForEach([&](RowIndex row) {
    std::vector<Value> values;
    for (const auto& column : batch.columns) values.push_back(column[row]);
    RowResult expected = RowInterpreter(values).Eval(*expr);
    expected_failures += expected.failed ? 1 : 0;
    std::string actual = has_failed[row] ? "failed" : result->ValueAt(row).ToJson();
    EXPECT_EQ(actual, Text(expected)) << expr->ToString() << ", row " << row;
  });
  EXPECT_EQ(failed.size(), expected_failures) << "rows that were not asked for have failed";
}

void CheckPredicate(const ExprPtr& expr, const Batch& batch, const RowSet& rows) {
  auto predicate = Predicate::Compile(expr);
  ASSERT_TRUE(predicate.ok()) << predicate.status().ToString();
  EvalInput input{batch.data.data(), batch.data.size(), nullptr, batch.size, 0};
  RowErrors errors;
  RowIndices selected, expected, expected_failed;
  (*predicate)->Select(input, rows, errors, selected);
  rows.ForEach([&](RowIndex row) {
    std::vector<Value> values;
    for (const auto& column : batch.columns) values.push_back(column[row]);
    RowResult result = RowInterpreter(values).Eval(*expr);
    if (result.failed) {
      expected_failed.push_back(row);
    } else if (!result.value.is_null() && result.value.as_bool()) {
      expected.push_back(row);
    }
  });
  EXPECT_EQ(selected, expected) << expr->ToString();
  EXPECT_EQ(errors.Rows(), expected_failed) << expr->ToString();
}

void CheckExpr(const ExprPtr& expr, Generator& random, const std::vector<uint32_t>& sizes) {
  auto evaluator = Evaluator::Compile(expr);
  ASSERT_TRUE(evaluator.ok()) << evaluator.status().ToString();
  for (uint32_t size : sizes) {
    Batch batch = MakeBatch(random, size);
    CheckBatch(expr, **evaluator, batch, RowSet::All(size));
    RowIndices some;
    for (RowIndex row = 0; row < size; ++row) {
      if (random.Pick(2) == 0) some.push_back(row);
    }
    CheckBatch(expr, **evaluator, batch, RowSet::Of(some));
    if (expr->type.is(TypeKind::kBool)) CheckPredicate(expr, batch, RowSet::Of(some));
  }
}

TEST(Differential, RandomExpressionsInSmallBatches) {
  for (uint32_t seed = 0; seed < 600 && !testing::Test::HasFailure(); ++seed) {
    Generator random(seed);
    int depth = 1 + static_cast<int>(random.Pick(4));
    CheckExpr(random.Int(depth), random, {1, 3, 20});
    CheckExpr(random.Bool(depth), random, {1, 3, 20});
    CheckExpr(random.Text(depth), random, {1, 3, 20});
  }
}

TEST(Differential, RandomExpressionsInFullBatches) {
  for (uint32_t seed = 1000; seed < 1010 && !testing::Test::HasFailure(); ++seed) {
    Generator random(seed);
    CheckExpr(random.Int(3), random, {kBatchRows});
    CheckExpr(random.Bool(3), random, {kBatchRows});
  }
}

}  // namespace
}  // namespace weir
