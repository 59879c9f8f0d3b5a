#include "compiler/optimizer/rules.h"
#include "runtime/eval/constant.h"

namespace weir {
namespace {

using plan::ExprKind;
using plan::ExprPtr;

/// The value of `expr` where it is constant. One that fails stays: rows that need it fail.
ExprPtr FoldConstant(const ExprPtr& expr) {
  if (expr->kind == ExprKind::kLiteral || !IsConstant(*expr)) return nullptr;
  auto value = EvaluateConstant(expr);
  if (!value.ok()) return nullptr;
  auto literal = std::make_shared<plan::Expr>(*plan::MakeLiteral(*std::move(value), expr->span));
  literal->type = expr->type;
  return literal;
}

bool IsLiteralBool(const ExprPtr& expr, bool value) {
  return expr->kind == ExprKind::kLiteral && expr->type.is(TypeKind::kBool) &&
         !expr->value.is_null() && expr->value.as_bool() == value;
}

/// `and`, `or` and `if` with a known left side. A known right side is no reason: the left may fail.
ExprPtr FoldBranch(const ExprPtr& expr) {
  if (expr->children.size() < 2 || expr->type.optional()) return nullptr;
  const ExprPtr& left = expr->children[0];
  switch (expr->kind) {
    case ExprKind::kAnd:
      if (IsLiteralBool(left, true)) return expr->children[1];
      return IsLiteralBool(left, false) ? left : nullptr;
    case ExprKind::kOr:
      if (IsLiteralBool(left, false)) return expr->children[1];
      return IsLiteralBool(left, true) ? left : nullptr;
    case ExprKind::kIf: {
      if (!IsLiteralBool(left, true) && !IsLiteralBool(left, false)) return nullptr;
      const ExprPtr& taken = expr->children[IsLiteralBool(left, true) ? 1 : 2];
      return taken->type == expr->type ? taken : nullptr;
    }
    default: return nullptr;
  }
}

class ConstantFolding final : public Rule {
 public:
  std::string_view name() const override { return "constant_folding"; }

  bool Apply(plan::LogicalPlan& plan) override {
    bool changed = false;
    for (auto& node : plan.nodes) {
      if (!node) continue;
      node->VisitExprs([&](ExprPtr& expr) {
        ExprPtr folded = plan::TransformExpr(expr, [](const ExprPtr& part) {
          ExprPtr result = FoldConstant(part);
          return result ? result : FoldBranch(part);
        });
        changed |= folded != expr;
        expr = std::move(folded);
      });
    }
    return changed;
  }
};

}  // namespace

std::unique_ptr<Rule> MakeConstantFolding() { return std::make_unique<ConstantFolding>(); }

}  // namespace weir
