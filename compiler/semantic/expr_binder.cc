#include "compiler/semantic/expr_binder.h"

#include <utility>

#include "compiler/semantic/expr_convert.h"
#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

using plan::ExprPtr;

ExprPtr ErrorExpr(Span span) {
  auto expr = std::make_shared<plan::Expr>();
  expr->type = DataType::Error();
  expr->span = span;
  return expr;
}

ExprBinder::ExprBinder(const Catalog& catalog)
    : catalog_(catalog), diagnostics_(catalog.diagnostics()) {}

ExprPtr ExprBinder::Bind(const ast::Expr& expr, const Scope& scope,
                         const std::optional<DataType>& expected) {
  ExprTyper typer(catalog_, diagnostics_);
  return expected ? typer.TypeAs(expr, scope, *expected) : typer.Type(expr, scope);
}

ExprPtr ExprBinder::BindBool(const ast::Expr& expr, const Scope& scope, std::string_view place) {
  return ExprTyper(catalog_, diagnostics_).Condition(expr, scope, place);
}

ExprPtr ExprBinder::BindPartialRow(const ast::Expr& expr, const Scope& scope,
                                   const DataType& type) {
  return ExprTyper(catalog_, diagnostics_).PartialRow(expr, scope, type);
}

bool ExprBinder::IsAggregateCall(const ast::Expr& expr) const {
  return ExprTyper(catalog_, diagnostics_).IsAggregateCall(expr);
}

plan::AggregateCall ExprBinder::BindAggregate(const ast::Expr& expr, const Scope& scope) {
  return ExprTyper(catalog_, diagnostics_).Aggregate(expr, scope);
}

MatchTests ExprBinder::BindMatch(const ExprPtr& subject,
                                 std::span<const std::vector<ast::Pattern>* const> arms,
                                 Span whole) {
  return ExprTyper(catalog_, diagnostics_).Match(subject, arms, whole);
}

ExprPtr ExprBinder::Convert(ExprPtr expr, const DataType& target, Span span) {
  return ExprTyper(catalog_, diagnostics_).Convert(std::move(expr), target, span);
}

ExprPtr ExprBinder::ConvertChecked(ExprPtr expr, const DataType& target, Span span) {
  const DataType& from = expr->type;
  bool exact = (from.is_integer() && (target.is_integer() || target.is_decimal())) ||
               (from.is_decimal() && target.is_decimal());
  bool literal = expr->kind == plan::ExprKind::kLiteral;
  bool fits_null = target.optional() || !from.optional();
  if (!exact || literal || !fits_null || WidensTo(from, target)) {
    return Convert(std::move(expr), target, span);
  }
  return plan::MakeUnary(plan::ExprKind::kCast, target, std::move(expr), span);
}

bool ExprBinder::Converts(const plan::Expr& expr, const DataType& target) const {
  return TryConvert(std::make_shared<plan::Expr>(expr), target).misfit == Misfit::kNone;
}

std::optional<DataType> ExprBinder::CommonType(const DataType& a, const DataType& b) {
  return CommonTypeOf(a, b);
}

ExprPtr ExprBinder::MakeArithmetic(plan::ArithOp op, ExprPtr left, ExprPtr right, Span span) {
  return ExprTyper(catalog_, diagnostics_)
      .Arithmetic(op, std::move(left), std::move(right), span, span);
}

std::optional<Value> ExprBinder::Evaluate(const ExprPtr& expr, std::string_view what) {
  return ExprTyper(catalog_, diagnostics_).Evaluate(expr, what);
}

}  // namespace weir::semantic
