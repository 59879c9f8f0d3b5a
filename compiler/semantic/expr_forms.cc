// if, cast, try and the branches of conditionals.
#include <fmt/format.h>

#include <utility>

#include "compiler/plan/cast_rules.h"
#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

using plan::ExprKind;
using plan::ExprPtr;

bool ExprTyper::UnifyBranches(std::vector<ExprPtr>& branches, const DataType* hint) {
  for (const ExprPtr& branch : branches) {
    if (IsError(branch)) return false;
  }
  if (branches.empty()) return true;
  // Values that are no literals decide; literals take their type.
  std::optional<DataType> common;
  for (bool literals : {false, true}) {
    for (const ExprPtr& branch : branches) {
      bool literal = branch->kind == ExprKind::kLiteral;
      if (literal != literals) continue;
      if (!common) {
        common = branch->type;
        continue;
      }
      if (literal && TryConvert(branch, *common).misfit == Misfit::kNone) continue;
      std::optional<DataType> wider = CommonTypeOf(*common, branch->type);
      if (!wider) {
        Conversion failed = TryConvert(branch, *common);
        if (failed.misfit == Misfit::kText || failed.misfit == Misfit::kRange) {
          ReportMisfit(failed, *common, branch, branch->span);
          return false;
        }
        diagnostics_.Report(Code::kF0214, branch->span)
            .Arg(common->ToString())
            .Arg(branch->type.ToString())
            .Label(branches.front()->span, branches.front()->type.ToString())
            .Here(branch->type.ToString());
        return false;
      }
      common = wider;
    }
  }
  bool hinted = hint != nullptr && !hint->is_error() && !hint->is(TypeKind::kNull);
  if (hinted) {
    bool all_fit = true;
    for (const ExprPtr& branch : branches) {
      all_fit &=
          TryConvert(branch, hint->WithOptional(branch->type.optional())).misfit == Misfit::kNone;
    }
    if (all_fit) common = hint->WithOptional(common->optional());
  }
  for (ExprPtr& branch : branches) {
    branch = Convert(std::move(branch), *common, branch->span);
    if (IsError(branch)) return false;
  }
  return true;
}

ExprPtr ExprTyper::TypeIf(const ast::IfExpr& form, const Scope& scope, const DataType* hint) {
  ExprPtr condition = Condition(*form.condition, scope, "if");
  Scope when_true(&scope), when_false(&scope);
  if (!IsError(condition)) {
    when_true.Learn(NarrowedBy(*condition, true));
    when_false.Learn(NarrowedBy(*condition, false));
  }
  std::vector<ExprPtr> branches = {Type(*form.then_value, when_true, hint),
                                   Type(*form.else_value, when_false, hint)};
  if (!UnifyBranches(branches, hint) || IsError(condition)) return ErrorExpr(form.span);
  auto made = std::make_shared<plan::Expr>();
  made->kind = ExprKind::kIf;
  made->span = form.span;
  made->type = branches[0]->type;
  made->children = {std::move(condition), std::move(branches[0]), std::move(branches[1])};
  return made;
}

ExprPtr ExprTyper::TypeCast(const ast::CastExpr& cast, const Scope& scope) {
  ExprPtr operand = Type(*cast.operand, scope);
  DataType target = catalog_.ResolveType(*cast.type);
  if (IsError(operand) || target.is_error()) return ErrorExpr(cast.span);
  const DataType& from = operand->type;
  bool optional = from.optional() || target.optional();
  DataType type = target.WithOptional(optional);
  if (from.is(TypeKind::kNull)) return plan::MakeLiteral(Value::Null(type), cast.span);
  if (plan::SafetyOfCast(from.AsRequired(), target.AsRequired()) == plan::CastSafety::kNever) {
    DiagnosticBuilder report = diagnostics_.Report(Code::kF0213, cast.span)
                                   .Arg(from.AsRequired().ToString())
                                   .Arg(target.AsRequired().ToString());
    if (from.is(TypeKind::kDuration) && target.is_numeric()) {
      report.Help(fmt::format("a duration has no unit; choose one: `seconds({})`, `millis({})`",
                              TextOf(cast.operand->span), TextOf(cast.operand->span)));
    } else if (target.is(TypeKind::kString)) {
      report.Help(fmt::format("write it as JSON: `to_json({})`", TextOf(cast.operand->span)));
    }
    return ErrorExpr(cast.span);
  }
  return plan::MakeUnary(ExprKind::kCast, type, std::move(operand), cast.span);
}

ExprPtr ExprTyper::TypeTry(const ast::TryExpr& attempt, const Scope& scope) {
  ExprPtr operand = Type(*attempt.operand, scope);
  if (IsError(operand)) return operand;
  if (!operand->CanFail()) {
    diagnostics_.Report(Code::kW0202, attempt.operand->span)
        .Help(fmt::format("`{}` alone says the same", TextOf(attempt.operand->span)));
    return operand;
  }
  DataType type = operand->type.AsOptional();
  return plan::MakeUnary(ExprKind::kTry, type, std::move(operand), attempt.span);
}

}  // namespace weir::semantic
