#include "compiler/plan/expr.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace weir::plan {
namespace {

std::shared_ptr<Expr> Make(ExprKind kind, DataType type, std::vector<ExprPtr> children, Span span) {
  auto expr = std::make_shared<Expr>();
  expr->kind = kind;
  expr->type = std::move(type);
  expr->children = std::move(children);
  expr->span = span;
  return expr;
}

bool AnyOptional(const ExprPtr& left, const ExprPtr& right) {
  return left->type.optional() || right->type.optional();
}

bool SameValues(const std::vector<Value>& a, const std::vector<Value>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// What a node says besides its kind, type and children; fields that a kind does not use are equal.
bool SameDetails(const Expr& a, const Expr& b) {
  switch (a.kind) {
    case ExprKind::kLiteral:
    case ExprKind::kLike:
    case ExprKind::kMatches: return a.value == b.value && a.negated == b.negated;
    case ExprKind::kColumn: return a.index == b.index;
    case ExprKind::kField: return a.index == b.index && a.name == b.name;
    case ExprKind::kHidden: return a.hidden == b.hidden;
    case ExprKind::kCall: return a.function == b.function && a.overload == b.overload;
    case ExprKind::kArith: return a.arith == b.arith;
    case ExprKind::kCompare: return a.compare == b.compare;
    case ExprKind::kInList: return a.negated == b.negated && SameValues(a.values, b.values);
    default: return a.negated == b.negated;
  }
}

}  // namespace

Volatility Expr::volatility() const {
  Volatility strongest = Volatility::kPure;
  if (kind == ExprKind::kHidden && hidden == HiddenField::kIngestTime) {
    strongest = Volatility::kIngest;
  }
  if (kind == ExprKind::kCall && function != nullptr) strongest = function->volatility;
  for (const ExprPtr& child : children) strongest = std::max(strongest, child->volatility());
  return strongest;
}

ExprPtr MakeLiteral(Value value, Span span) {
  auto expr = Make(ExprKind::kLiteral, value.type(), {}, span);
  if (value.is_null()) expr->type = value.type().AsOptional();
  expr->value = std::move(value);
  return expr;
}

ExprPtr MakeColumn(int index, std::string name, DataType type, Span span) {
  auto expr = Make(ExprKind::kColumn, std::move(type), {}, span);
  expr->index = index;
  expr->name = std::move(name);
  return expr;
}

ExprPtr MakeUnary(ExprKind kind, DataType type, ExprPtr child, Span span) {
  return Make(kind, std::move(type), {std::move(child)}, span);
}

ExprPtr MakeBinary(ExprKind kind, DataType type, ExprPtr left, ExprPtr right, Span span) {
  return Make(kind, std::move(type), {std::move(left), std::move(right)}, span);
}

ExprPtr MakeArith(ArithOp op, DataType type, ExprPtr left, ExprPtr right, Span span) {
  auto expr = Make(ExprKind::kArith, std::move(type), {std::move(left), std::move(right)}, span);
  expr->arith = op;
  return expr;
}

ExprPtr MakeCompare(CompareOp op, ExprPtr left, ExprPtr right, Span span) {
  bool total = op == CompareOp::kEqual || op == CompareOp::kNotEqual;
  DataType type = DataType::Bool().WithOptional(!total && AnyOptional(left, right));
  auto expr = Make(ExprKind::kCompare, type, {std::move(left), std::move(right)}, span);
  expr->compare = op;
  return expr;
}

ExprPtr MakeCall(const FunctionDef* function, const ScalarOverload* overload, DataType type,
                 std::vector<ExprPtr> arguments, Span span) {
  WEIR_CHECK(function != nullptr && overload != nullptr, "a call names its function");
  auto expr = Make(ExprKind::kCall, std::move(type), std::move(arguments), span);
  expr->function = function;
  expr->overload = overload;
  return expr;
}

bool SameExpr(const Expr& a, const Expr& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind || !(a.type == b.type) || a.children.size() != b.children.size()) {
    return false;
  }
  if (!SameDetails(a, b)) return false;
  for (size_t i = 0; i < a.children.size(); ++i) {
    if (!SameExpr(*a.children[i], *b.children[i])) return false;
  }
  return true;
}

void CollectColumns(const Expr& expr, std::vector<int>& columns) {
  if (expr.kind == ExprKind::kColumn) {
    auto place = std::lower_bound(columns.begin(), columns.end(), expr.index);
    if (place == columns.end() || *place != expr.index) columns.insert(place, expr.index);
  }
  for (const ExprPtr& child : expr.children) CollectColumns(*child, columns);
}

}  // namespace weir::plan
