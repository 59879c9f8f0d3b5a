#include "compiler/jsonschema/demands.h"

namespace weir::jsonschema {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

bool IsFieldOfValue(const Expr& expr) {
  return expr.kind == ExprKind::kField && expr.children[0]->kind == ExprKind::kColumn;
}

/// The field that all of `expr` is about: its position, -1 when it is about several or the whole.
int OnlyField(const Expr& expr, int so_far = -2) {
  if (IsFieldOfValue(expr)) return so_far == -2 || so_far == expr.index ? expr.index : -1;
  if (expr.kind == ExprKind::kColumn) return -1;
  for (const ExprPtr& child : expr.children) {
    so_far = OnlyField(*child, so_far);
    if (so_far == -1) break;
  }
  return so_far;
}

ExprPtr OverField(const ExprPtr& expr) {
  if (IsFieldOfValue(*expr)) return plan::MakeColumn(0, "value", expr->type, expr->span);
  auto copy = std::make_shared<Expr>(*expr);
  for (ExprPtr& child : copy->children) child = OverField(child);
  return copy;
}

/// `value.f is null or …`: what an optional field of a struct must satisfy when it is there.
ExprPtr WithoutNullTest(const ExprPtr& expr) {
  const bool guarded =
      expr->kind == ExprKind::kOr && expr->children[0]->kind == ExprKind::kIsNull &&
      !expr->children[0]->negated && IsFieldOfValue(*expr->children[0]->children[0]);
  return guarded ? expr->children[1] : expr;
}

}  // namespace

void Demands::Add(const ExprPtr& condition) {
  if (condition->kind == ExprKind::kAnd) {
    Add(condition->children[0]);
    Add(condition->children[1]);
    return;
  }
  const int field = OnlyField(*condition);
  if (field >= 0) {
    const ExprPtr bare = WithoutNullTest(condition);
    fields[field].Add(OverField(bare));
    return;
  }
  own.push_back(condition);
}

Demands Demands::Of(const ExprPtr& constraint, const std::vector<plan::PartDemand>& parts) {
  Demands demands;
  if (constraint != nullptr) demands.Add(constraint);
  for (const plan::PartDemand& part : parts) {
    Demands* at = &demands;
    for (int step : part.path) {
      if (step != plan::PartDemand::kElement) {
        at = &at->fields[step];
        continue;
      }
      if (at->elements == nullptr) at->elements = std::make_unique<Demands>();
      at = at->elements.get();
    }
    at->Add(part.constraint);
  }
  return demands;
}

}  // namespace weir::jsonschema
