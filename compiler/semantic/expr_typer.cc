#include "compiler/semantic/expr_typer.h"

#include <fmt/format.h>

#include <utility>

#include "compiler/diagnostics/suggest.h"
#include "compiler/plan/cast_rules.h"
#include "runtime/eval/constant.h"

namespace weir::semantic {

using plan::ExprKind;
using plan::ExprPtr;

ExprPtr ExprTyper::Type(const ast::Expr& expr, const Scope& scope, const DataType* hint) {
  switch (expr.kind) {
    case ast::ExprKind::kFString: return TypeFString(expr.As<ast::FStringLiteral>(), scope);
    case ast::ExprKind::kParam: return TypeParam(expr.As<ast::ParamExpr>(), scope);
    case ast::ExprKind::kName: return TypeName(expr.As<ast::NameExpr>(), scope, hint);
    case ast::ExprKind::kMember: return TypeMember(expr.As<ast::MemberExpr>(), scope);
    case ast::ExprKind::kIndex: return TypeIndex(expr.As<ast::IndexExpr>(), scope);
    case ast::ExprKind::kUnary: return TypeUnary(expr.As<ast::UnaryExpr>(), scope);
    case ast::ExprKind::kBinary: return TypeBinary(expr.As<ast::BinaryExpr>(), scope, hint);
    case ast::ExprKind::kIs: return TypeIs(expr.As<ast::IsExpr>(), scope);
    case ast::ExprKind::kIf: return TypeIf(expr.As<ast::IfExpr>(), scope, hint);
    case ast::ExprKind::kMatch: return TypeMatch(expr.As<ast::MatchExpr>(), scope, hint);
    case ast::ExprKind::kCast: return TypeCast(expr.As<ast::CastExpr>(), scope);
    case ast::ExprKind::kTry: return TypeTry(expr.As<ast::TryExpr>(), scope);
    case ast::ExprKind::kWith: return TypeWith(expr.As<ast::WithExpr>(), scope, hint);
    case ast::ExprKind::kCall: return TypeCall(expr.As<ast::CallExpr>(), scope);
    case ast::ExprKind::kList: return TypeList(expr.As<ast::ListExpr>(), scope, hint);
    case ast::ExprKind::kStruct: return TypeStruct(expr.As<ast::StructExpr>(), scope, hint);
    case ast::ExprKind::kRange:  // only on the right of `in`, which reads it itself
    case ast::ExprKind::kError: return ErrorExpr(expr.span);
    default: return TypeLiteral(expr);
  }
}

ExprPtr ExprTyper::TypeAs(const ast::Expr& expr, const Scope& scope, const DataType& expected) {
  return Convert(Type(expr, scope, &expected), expected, expr.span);
}

ExprPtr ExprTyper::Condition(const ast::Expr& expr, const Scope& scope, std::string_view place) {
  ExprPtr condition = Type(expr, scope);
  if (IsError(condition)) return condition;
  if (!condition->type.is(TypeKind::kBool)) {
    diagnostics_.Report(Code::kF0201, expr.span)
        .Arg("bool")
        .Arg(condition->type.ToString())
        .Here(fmt::format("`{}` needs a condition", place));
    return ErrorExpr(expr.span);
  }
  if (condition->type.optional()) {
    ReportMaybeNull(*condition, expr, scope, place);
    return ErrorExpr(expr.span);
  }
  return condition;
}

namespace {

/// First optional path (column or member) below, which is why a condition may be null.
const plan::Expr* FirstOptional(const plan::Expr& expr) {
  for (const ExprPtr& child : expr.children) {
    if (const plan::Expr* found = FirstOptional(*child)) return found;
  }
  bool path = expr.kind == ExprKind::kColumn || expr.kind == ExprKind::kField;
  return path && expr.type.optional() && expr.span.valid() ? &expr : nullptr;
}

/// A value that stands for "none" in an example.
std::string NeutralText(const DataType& type) {
  if (type.is_integer()) return "0";
  if (type.is_decimal()) {
    return type.scale() == 0 ? "0" : "0." + std::string(static_cast<size_t>(type.scale()), '0');
  }
  if (type.is_float()) return "0e0";
  if (type.is(TypeKind::kString)) return "\"\"";
  if (type.is(TypeKind::kBool)) return "false";
  return "";
}

}  // namespace

void ExprTyper::ReportMaybeNull(const plan::Expr& condition, const ast::Expr& expr,
                                const Scope& scope, std::string_view place) {
  const plan::Expr* part = FirstOptional(condition);
  std::string text = TextOf(expr.span);
  DiagnosticBuilder report = diagnostics_.Report(Code::kF0211, expr.span);
  if (part == nullptr || part->span.begin < expr.span.begin || part->span.end > expr.span.end) {
    report.Here(fmt::format("is {}", condition.type.ToString()));
    report.Help(fmt::format("say what a missing value means: `{} ({}) ?? false`", place, text));
    return;
  }
  std::string name = TextOf(part->span);
  report.Here(fmt::format("`{}` is {}", name, part->type.ToString()));
  const ScopeColumn* column =
      part->kind == ExprKind::kColumn ? scope.ColumnAt(part->index) : nullptr;
  if (column != nullptr && column->declared.valid()) {
    report.Label(column->declared, fmt::format("`{}` is declared here", column->name));
  }
  report.Note(fmt::format("rows without `{}` would disappear here without a word", name));
  std::string neutral = NeutralText(part->type);
  std::string before = text.substr(0, part->span.begin - expr.span.begin);
  std::string after = text.substr(part->span.end - expr.span.begin);
  if (!neutral.empty()) {
    report.Help(fmt::format("say which you mean: `{} {}({} ?? {}){}`", place, before, name, neutral,
                            after));
  }
  report.Help(fmt::format("{}: `{} {} is not null and {}`",
                          neutral.empty() ? "say which you mean" : "or", place, name, text));
}

ExprPtr ExprTyper::Convert(ExprPtr expr, const DataType& target, Span span) {
  Conversion conversion = TryConvert(expr, target);
  if (conversion.misfit == Misfit::kNone) return conversion.expr;
  ReportMisfit(conversion, target, expr, span);
  return ErrorExpr(span);
}

std::string WithArticle(const DataType& type) {
  std::string name = type.AsRequired().ToString();
  if (type.is(TypeKind::kEnum) && type.name().empty()) return "one of the values of this enum";
  bool vowel =
      !name.empty() && std::string_view("aeioAEIO").find(name[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + name;
}

void ExprTyper::ReportText(const plan::Expr& literal, const DataType& target, Span span) {
  const std::string& text = literal.value.as_string();
  DiagnosticBuilder report = diagnostics_.Report(Code::kF0203, span)
                                 .Arg(fmt::format("\"{}\"", text))
                                 .Arg(WithArticle(target));
  if (!target.is(TypeKind::kEnum)) return;
  const std::vector<std::string>& values = target.enum_values();
  if (std::optional<std::string> near = SuggestName(text, values)) {
    report.Here(fmt::format("did you mean \"{}\"?", *near));
    report.Suggest(span, fmt::format("\"{}\"", *near), fmt::format("write \"{}\"", *near));
  }
  report.Note(fmt::format("values: {}", fmt::join(values, ", ")));
}

void ExprTyper::ReportMisfit(const Conversion& conversion, const DataType& target,
                             const ExprPtr& expr, Span span) {
  const plan::Expr& culprit = conversion.culprit != nullptr ? *conversion.culprit : *expr;
  if (culprit.span.valid()) span = culprit.span;
  switch (conversion.misfit) {
    case Misfit::kNone: return;
    case Misfit::kText: return ReportText(culprit, target, span);
    case Misfit::kRange:
      diagnostics_.Report(Code::kF0202, span).Arg(TextOf(span)).Arg(target.AsRequired().ToString());
      return;
    case Misfit::kNull: {
      DiagnosticBuilder report =
          diagnostics_.Report(Code::kF0215, span).Arg(target.AsRequired().ToString());
      report.Here(fmt::format("is {}", culprit.type.ToString()));
      if (culprit.kind == ExprKind::kLiteral) return;
      std::string neutral = NeutralText(target);
      report.Help(fmt::format("say what takes the place of a missing value: `{} ?? {}`",
                              TextOf(span), neutral.empty() ? "…" : neutral));
      return;
    }
    case Misfit::kType: break;
  }
  DiagnosticBuilder report = diagnostics_.Report(Code::kF0201, span)
                                 .Arg(target.AsRequired().ToString())
                                 .Arg(culprit.type.ToString());
  if (culprit.kind == ExprKind::kLiteral) {
    if (culprit.type.is_decimal() || culprit.type.is_float() || culprit.type.is_integer()) return;
  }
  if (plan::SafetyOfCast(culprit.type.AsRequired(), target.AsRequired()) !=
      plan::CastSafety::kNever) {
    report.Help(
        fmt::format("`cast({} as {})` converts it", TextOf(span), target.AsRequired().ToString()));
  }
}

std::optional<Value> ExprTyper::Evaluate(const ExprPtr& expr, std::string_view what) {
  if (IsError(expr)) return std::nullopt;
  if (expr->kind == ExprKind::kLiteral) return expr->value;
  if (!IsConstant(*expr)) {
    diagnostics_.Report(Code::kF0207, expr->span).Arg(what).Here("differs from row to row");
    return std::nullopt;
  }
  Result<Value> value = EvaluateConstant(expr);
  if (!value.ok()) {
    diagnostics_.Report(Code::kF0216, expr->span).Arg(value.status().message());
    return std::nullopt;
  }
  return *value;
}

}  // namespace weir::semantic
