#include "compiler/semantic/expr_narrowing.h"

#include <algorithm>
#include <utility>

#include "compiler/semantic/expr_retype.h"

namespace weir::semantic {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

bool SameDetails(const Expr& a, const Expr& b) {
  switch (a.kind) {
    case ExprKind::kLiteral: return a.value == b.value;
    case ExprKind::kColumn: return a.index == b.index;
    case ExprKind::kField: return a.index == b.index && a.name == b.name;
    case ExprKind::kHidden: return a.hidden == b.hidden;
    case ExprKind::kSubject:
    case ExprKind::kIndex:
    case ExprKind::kTry: return true;
    case ExprKind::kCall:
      return a.function == b.function && a.overload == b.overload && a.type.SameBase(b.type) &&
             a.volatility() != Volatility::kVolatile;
    case ExprKind::kCast: return a.type.SameBase(b.type);
    default: return plan::SameExpr(a, b);
  }
}

bool HasNulls(const Expr& expr) { return expr.type.optional(); }

/// `expr` has a value: what else has one then.
void LearnValue(const ExprPtr& expr, Narrowing& facts) {
  if (expr->kind == ExprKind::kLiteral || expr->type.is_error()) return;
  if (HasNulls(*expr)) facts.Add(expr);
  // The object of a member and the operand of a cast, too.
  if (expr->kind == ExprKind::kField || expr->kind == ExprKind::kCast ||
      expr->kind == ExprKind::kIndex || expr->kind == ExprKind::kTry) {
    LearnValue(expr->children[0], facts);
  }
}

bool IsBoolLiteral(const Expr& expr, bool value) {
  return expr.kind == ExprKind::kLiteral && expr.type.is(TypeKind::kBool) &&
         !expr.value.is_null() && expr.value.as_bool() == value;
}

void LearnFrom(const Expr& condition, bool truth, Narrowing& facts);

void LearnFromCompare(const Expr& condition, bool truth, Narrowing& facts) {
  const ExprPtr& left = condition.children[0];
  const ExprPtr& right = condition.children[1];
  bool equal = condition.compare == plan::CompareOp::kEqual;
  bool not_equal = condition.compare == plan::CompareOp::kNotEqual;
  if (equal || not_equal) {
    // Equal to something that is never null.
    if (truth != equal) return;
    if (!HasNulls(*right)) LearnValue(left, facts);
    if (!HasNulls(*left)) LearnValue(right, facts);
    return;
  }
  LearnValue(left, facts);
  LearnValue(right, facts);
}

void LearnFromBoth(const Expr& condition, bool truth, Narrowing& facts) {
  LearnFrom(*condition.children[0], truth, facts);
  LearnFrom(*condition.children[1], truth, facts);
}

void LearnFrom(const Expr& condition, bool truth, Narrowing& facts) {
  switch (condition.kind) {
    case ExprKind::kAnd:
      if (truth) LearnFromBoth(condition, truth, facts);
      return;
    case ExprKind::kOr:
      if (!truth) LearnFromBoth(condition, truth, facts);
      return;
    case ExprKind::kNot: return LearnFrom(*condition.children[0], !truth, facts);
    case ExprKind::kIsNull:
      if (truth == condition.negated) LearnValue(condition.children[0], facts);
      return;
    case ExprKind::kCompare: return LearnFromCompare(condition, truth, facts);
    case ExprKind::kCoalesce:
      // `(x < 5) ?? false` is true only where x has a value.
      if (IsBoolLiteral(*condition.children[1], !truth)) {
        LearnFrom(*condition.children[0], truth, facts);
      }
      return;
    case ExprKind::kInList:
    case ExprKind::kInRange:
    case ExprKind::kLike:
    case ExprKind::kMatches: return LearnValue(condition.children[0], facts);
    default: return;
  }
}

DataType NarrowedType(const DataType& type, const std::vector<int>& path, size_t at) {
  DataType required = type.AsRequired();
  if (at == path.size() || !type.is(TypeKind::kStruct)) return required;
  std::vector<StructField> fields = type.fields();
  StructField& field = fields[static_cast<size_t>(path[at])];
  field.type = NarrowedType(field.type, path, at + 1);
  return DataType::Struct(std::move(fields), type.name());
}

/// Column and member indices of `c.a.b`; column -1 if `expr` is no such path.
int PathOf(const Expr& expr, std::vector<int>& path) {
  if (expr.kind == ExprKind::kColumn) return expr.index;
  if (expr.kind != ExprKind::kField || !expr.children[0]->type.is(TypeKind::kStruct)) return -1;
  int column = PathOf(*expr.children[0], path);
  path.push_back(expr.index);
  return column;
}

}  // namespace

bool SamePath(const Expr& a, const Expr& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.children.size() != b.children.size() || !SameDetails(a, b)) {
    return false;
  }
  for (size_t i = 0; i < a.children.size(); ++i) {
    if (!SamePath(*a.children[i], *b.children[i])) return false;
  }
  return true;
}

void Narrowing::Add(ExprPtr expr) {
  if (!Knows(*expr)) facts_.push_back(std::move(expr));
}

void Narrowing::AddAll(const Narrowing& other) {
  for (const ExprPtr& fact : other.facts_) Add(fact);
}

bool Narrowing::Knows(const Expr& expr) const {
  return std::any_of(facts_.begin(), facts_.end(),
                     [&](const ExprPtr& fact) { return SamePath(*fact, expr); });
}

void Narrowing::Forget(int index) {
  std::erase_if(facts_, [&](const ExprPtr& fact) {
    std::vector<int> columns;
    plan::CollectColumns(*fact, columns);
    return std::binary_search(columns.begin(), columns.end(), index);
  });
}

Narrowing NarrowedBy(const Expr& condition, bool truth) {
  Narrowing facts;
  LearnFrom(condition, truth, facts);
  return facts;
}

ExprPtr Retyped(const ExprPtr& expr, const DataType& type) {
  if (expr->type == type && expr->type.name() == type.name()) return expr;
  auto copy = std::make_shared<Expr>(*expr);
  copy->type = type;
  if (copy->kind == ExprKind::kLiteral) copy->value = copy->value.WithType(type);
  return copy;
}

ExprPtr AsRequired(const ExprPtr& expr) { return Retyped(expr, expr->type.AsRequired()); }

SchemaPtr NarrowSchema(const SchemaPtr& schema, const Narrowing& facts) {
  std::vector<Field> fields = schema->fields();
  bool changed = false;
  for (const ExprPtr& fact : facts.facts()) {
    std::vector<int> path;
    int column = PathOf(*fact, path);
    if (column < 0 || column >= schema->num_fields()) continue;
    Field& field = fields[static_cast<size_t>(column)];
    DataType narrowed = NarrowedType(field.type, path, 0);
    changed |= !(narrowed == field.type);
    field.type = narrowed;
  }
  return changed ? Schema::Make(std::move(fields)) : schema;
}

}  // namespace weir::semantic
