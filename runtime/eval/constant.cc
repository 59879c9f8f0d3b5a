#include "runtime/eval/constant.h"

#include "runtime/eval/compile.h"

namespace weir {

namespace {

bool IsConstantInside(const plan::Expr& expr, bool has_subject) {
  switch (expr.kind) {
    case plan::ExprKind::kColumn:
    case plan::ExprKind::kHidden: return false;
    case plan::ExprKind::kSubject: return has_subject;
    case plan::ExprKind::kCall:
      if (expr.function->volatility != Volatility::kPure) return false;
      break;
    default: break;
  }
  bool is_case = expr.kind == plan::ExprKind::kCase;
  for (size_t i = 0; i < expr.children.size(); ++i) {
    if (!IsConstantInside(*expr.children[i], has_subject || (is_case && i > 0))) return false;
  }
  return true;
}

}  // namespace

bool IsConstant(const plan::Expr& expr) { return IsConstantInside(expr, false); }

Result<Value> EvaluateConstant(const plan::ExprPtr& expr) {
  if (!IsConstant(*expr)) return InvalidArgumentError("{} is not constant", expr->ToString());
  WEIR_ASSIGN(EvalNodePtr node, CompileExpr(*expr));
  WEIR_ASSIGN(Value value, ComputeConstant(*node));
  return value.WithType(expr->type);
}

}  // namespace weir
