#include "compiler/semantic/types_constraint.h"

#include <fmt/format.h>

#include "compiler/semantic/expr_binder.h"
#include "runtime/eval/constant.h"

namespace weir::semantic {

plan::ExprPtr BindConstraint(const Catalog& catalog, const ast::Expr& where, const DataType& type) {
  Scope scope;
  scope.set_what("the constraint");
  scope.AddColumn({"value", type.AsRequired(), 0, {}, {}, {}});
  plan::ExprPtr condition = ExprBinder(catalog).BindBool(where, scope, "where");
  return IsError(condition) ? nullptr : condition;
}

plan::ExprPtr BothConstraints(const plan::ExprPtr& a, const plan::ExprPtr& b) {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  return plan::MakeBinary(plan::ExprKind::kAnd, DataType::Bool(), a, b, a->span);
}

plan::ExprPtr ConstraintOn(const plan::ExprPtr& constraint, const plan::ExprPtr& value) {
  return plan::TransformExpr(constraint, [&](const plan::ExprPtr& node) -> plan::ExprPtr {
    return node->kind == plan::ExprKind::kColumn ? value : nullptr;
  });
}

void CheckValue(const Catalog& catalog, const Value& value, const plan::ExprPtr& constraint,
                const std::string& text, Span span) {
  if (constraint == nullptr || value.is_null()) return;
  Result<Value> holds = EvaluateConstant(ConstraintOn(constraint, plan::MakeLiteral(value)));
  if (!holds.ok() || (!holds->is_null() && holds->as_bool())) return;
  catalog.diagnostics()
      .Report(Code::kF0220, span)
      .Arg(text)
      .Here(fmt::format("is {}", value.ToString()));
}

}  // namespace weir::semantic
