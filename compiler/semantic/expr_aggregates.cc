// Calls of aggregates: count(where …), sum(x), percentile(x, 0.95).
#include <fmt/format.h>

#include <utility>

#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

using plan::ExprPtr;

bool ExprTyper::IsAggregateCall(const ast::Expr& expr) const {
  const auto* call = expr.Try<ast::CallExpr>();
  const FunctionRegistry* registry = catalog_.options().functions;
  return call != nullptr && registry != nullptr &&
         registry->FindAggregate(call->callee.text) != nullptr &&
         catalog_.FindFunction(call->callee.text) == nullptr;
}

namespace {

std::vector<std::string> AggregateNames(const FunctionRegistry* registry) {
  std::vector<std::string> names;
  if (registry == nullptr) return names;
  for (const AggregateDef* def : registry->aggregates()) names.push_back(def->name);
  return names;
}

}  // namespace

plan::AggregateCall ExprTyper::Aggregate(const ast::Expr& expr, const Scope& scope) {
  plan::AggregateCall result;
  if (expr.kind == ast::ExprKind::kError) return result;
  if (!IsAggregateCall(expr)) {
    const auto* other = expr.Try<ast::CallExpr>();
    DiagnosticBuilder report =
        diagnostics_.Report(Code::kF0226, other ? other->callee.span : expr.span)
            .Arg(other != nullptr ? other->callee.text : TextOf(expr.span));
    report.Note(fmt::format("aggregates: {}",
                            fmt::join(AggregateNames(catalog_.options().functions), ", ")));
    report.Help("compute with the result in a stage after it: `|> extend x = …`");
    return result;
  }
  const auto& call = expr.As<ast::CallExpr>();
  const AggregateDef& def = *catalog_.options().functions->FindAggregate(call.callee.text);
  bool poisoned = false;
  std::vector<TypedArg> typed;
  Scope inner(&scope);
  if (call.args.where != nullptr) {
    result.filter = Condition(*call.args.where, scope, "where");
    poisoned |= IsError(result.filter);
    if (!poisoned) inner.Learn(NarrowedBy(*result.filter, true));
  }
  typed = TypeArgs(call.args, inner, &poisoned);
  if (poisoned) return result;
  std::optional<ArgumentMatch> match;
  std::string why;
  for (const AggregateOverload& overload : def.overloads) {
    std::string reason;
    std::optional<ArgumentMatch> candidate = MatchArguments(overload.params, typed, &reason);
    if (!candidate) {
      if (why.empty()) why = reason;
      continue;
    }
    if (match && match->cost <= candidate->cost) continue;
    match = std::move(candidate);
    result.overload = &overload;
  }
  if (!match) {
    ReportArguments(def.name, SignaturesOf(def), def.overloads.size() == 1 ? why : "",
                    call.args.span);
    return result;
  }
  result.function = &def;
  std::vector<const Value*> constants;
  std::vector<DataType> types;
  for (const std::optional<Value>& value : match->constants) {
    constants.push_back(value ? &*value : nullptr);
  }
  for (const ExprPtr& argument : match->arguments) types.push_back(argument->type.AsRequired());
  DataType type = result.overload->result(types, constants);
  for (size_t i = 0; i < match->arguments.size(); ++i) {
    bool is_param = i < result.overload->params.size();
    if (is_param && result.overload->params[i].constant) continue;
    result.arguments.push_back(match->arguments[i]);
  }
  for (size_t i = 0; i < match->constants.size(); ++i) {
    if (!result.overload->params[i].constant) match->constants[i].reset();
  }
  if (result.overload->bind != nullptr) {
    Result<std::shared_ptr<const void>> bound = result.overload->bind(constants);
    if (!bound.ok()) {
      diagnostics_.Report(Code::kF0216, call.args.span).Arg(bound.status().message());
      return result;
    }
  }
  result.constants = std::move(match->constants);
  result.type = def.empty_is_null ? type.AsOptional() : type;
  return result;
}

}  // namespace weir::semantic
