// Calls: functions of the library and of the file, env(), values of the row itself.
#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

using plan::ExprKind;
using plan::ExprPtr;

namespace {

/// Functions are replaced by their bodies, which can double with every level.
constexpr int kMostExpansions = 2'000;
constexpr int kMostNodes = 20'000;

/// Counts `expr` as the tree that every pass walks, shared parts as often as they occur.
bool CountNodes(const plan::Expr& expr, int& left) {
  if (--left < 0) return false;
  for (const plan::ExprPtr& child : expr.children) {
    if (!CountNodes(*child, left)) return false;
  }
  return true;
}

bool IsLargerThan(const plan::Expr& expr, int nodes) { return !CountNodes(expr, nodes); }

/// A function that calls itself through others is found when it is declared; this bound only keeps
/// a very deep, finite nest from exhausting the stack.
constexpr int kMostNestedCalls = 64;

ExprPtr HiddenExpr(plan::HiddenField field, DataType type, Span span) {
  auto hidden = std::make_shared<plan::Expr>();
  hidden->kind = ExprKind::kHidden;
  hidden->hidden = field;
  hidden->type = std::move(type);
  hidden->span = span;
  return hidden;
}

}  // namespace

std::vector<TypedArg> ExprTyper::TypeArgs(const ast::CallArgs& args, const Scope& scope,
                                          bool* poisoned) {
  std::vector<TypedArg> typed;
  for (const ast::CallArg& arg : args.args) {
    TypedArg one{&arg, Type(*arg.value, scope)};
    *poisoned |= IsError(one.expr);
    typed.push_back(std::move(one));
  }
  return typed;
}

ExprPtr ExprTyper::TypeCall(const ast::CallExpr& call, const Scope& scope) {
  const std::string& text = call.callee.text;
  if (const FunctionInfo* function = catalog_.FindFunction(text)) {
    return CallFunction(*function, call.callee, call.args, scope, call.span);
  }
  const FunctionRegistry* registry = catalog_.options().functions;
  if (registry != nullptr) {
    if (const FunctionDef* scalar = registry->FindScalar(text)) {
      return CallScalar(*scalar, call.callee, call.args, scope, call.span);
    }
  }
  if (ExprPtr special = SpecialCall(call, scope)) return special;
  if (registry != nullptr && registry->FindAggregate(text) != nullptr) {
    diagnostics_.Report(Code::kF0222, call.callee.span)
        .Arg(text)
        .Help(
            fmt::format("aggregates stand alone in `aggregate`: `|> aggregate x = {} by … over …`",
                        TextOf(call.span)))
        .Help("to go on computing with the result, add `|> extend y = …` after it");
    return ErrorExpr(call.span);
  }
  return UnknownFunction(call.callee);
}

ExprPtr ExprTyper::UnknownFunction(const ast::Name& name) {
  std::vector<std::string> names = catalog_.FunctionNames();
  if (const FunctionRegistry* registry = catalog_.options().functions) {
    for (const FunctionDef* def : registry->scalars()) names.push_back(def->name);
    for (const AggregateDef* def : registry->aggregates()) names.push_back(def->name);
  }
  DiagnosticBuilder report = diagnostics_.Report(Code::kF0108, name.span).Arg(name.text);
  if (std::optional<std::string> near = SuggestName(name.text, names)) {
    report.Here(fmt::format("did you mean `{}`?", *near));
    report.Suggest(name.span, *near, fmt::format("write `{}`", *near));
  } else {
    report.Help("`flowc functions` lists all of them");
  }
  return ErrorExpr(name.span);
}

ExprPtr ExprTyper::SpecialCall(const ast::CallExpr& call, const Scope& scope) {
  const std::string& text = call.callee.text;
  if (text == "env") return EnvironmentCall(call);
  if (call.args.args.empty()) {
    if (text == "ingest_time") {
      return HiddenExpr(plan::HiddenField::kIngestTime, DataType::Timestamp(), call.span);
    }
    if (text == "event_time") {
      return HiddenExpr(plan::HiddenField::kEventTime, DataType::Timestamp().AsOptional(),
                        call.span);
    }
  }
  if (text == "uuid" && scope.is_test() && call.args.args.size() == 1) {
    ExprPtr number = TypeAs(*call.args.args[0].value, scope, DataType::Int64());
    std::optional<Value> value = Evaluate(number, "the number of a uuid");
    if (!value) return ErrorExpr(call.span);
    Fixed16 id{0, static_cast<uint64_t>(value->as_int64())};
    return plan::MakeLiteral(Value(DataType::Uuid(), id), call.span);
  }
  return nullptr;
}

ExprPtr ExprTyper::EnvironmentCall(const ast::CallExpr& call) {
  if (external_ == nullptr) {
    diagnostics_.Report(Code::kF0225, call.span)
        .Help(
            fmt::format("read it once: `param x: string = {}`, then use `$x`", TextOf(call.span)));
    return ErrorExpr(call.span);
  }
  const ast::StringLiteral* name =
      call.args.args.size() == 1 ? call.args.args[0].value->Try<ast::StringLiteral>() : nullptr;
  if (name == nullptr) {
    diagnostics_.Report(Code::kF0205, call.args.span)
        .Arg("env")
        .Help("env(\"NAME\"): the name of one environment variable");
    return ErrorExpr(call.span);
  }
  std::optional<std::string> value = catalog_.Environment(name->value);
  if (!value && !catalog_.options().check_only) {
    diagnostics_.Report(Code::kF0109, call.span)
        .Arg(fmt::format("the environment variable {}", name->value));
    return ErrorExpr(call.span);
  }
  external_->env_used = true;
  external_->stand_in |= !value.has_value();
  return plan::MakeLiteral(Value::String(value.value_or("")), call.span);
}

ExprPtr ExprTyper::CallFunction(const FunctionInfo& function, const ast::Name& name,
                                const ast::CallArgs& args, const Scope& scope, Span span) {
  // Parameters as if they were those of a library function.
  std::vector<ParamDef> params;
  std::vector<std::optional<Value>> defaults;
  for (const FunctionInfo::Param& param : function.params) {
    ParamDef def;
    def.name = param.name;
    def.type = TypePattern::Exact(param.type);
    def.default_value = param.default_value;
    params.push_back(std::move(def));
  }
  bool poisoned = function.broken;
  std::vector<TypedArg> typed = TypeArgs(args, scope, &poisoned);
  if (poisoned) return ErrorExpr(span);
  std::string why;
  std::optional<ArgumentMatch> match = MatchArguments(params, typed, &why);
  if (!match) {
    ReportArguments(name.text, SignatureOf(name.text, params), why, args.span);
    return ErrorExpr(span);
  }
  Scope inner;
  for (size_t i = 0; i < params.size(); ++i) {
    ExprPtr argument =
        Convert(match->arguments[i], function.params[i].type, match->arguments[i]->span);
    if (IsError(argument)) return argument;
    inner.AddBinding(params[i].name, std::move(argument));
  }
  if (depth_ >= kMostNestedCalls) {
    diagnostics_.Report(Code::kF0103, span).Arg("function").Arg(name.text);
    return ErrorExpr(span);
  }
  if (depth_ == 0) expansions_ = std::make_shared<int>(0);
  if (++*expansions_ > kMostExpansions) return TooLarge(name.text, span);
  // The body was checked where it is declared; here it can't go wrong in another way.
  DiagnosticEngine silent;
  ExprTyper typer(*function.module, silent, nullptr, depth_ + 1);
  typer.expansions_ = expansions_;
  ExprPtr body = function.result.is_error()
                     ? typer.Type(*function.decl->body, inner)
                     : typer.TypeAs(*function.decl->body, inner, function.result);
  if (*expansions_ > kMostExpansions || IsLargerThan(*body, kMostNodes)) {
    *expansions_ = kMostExpansions + 1;
    return depth_ == 0 ? TooLarge(name.text, span) : ErrorExpr(span);
  }
  if (IsError(body) && silent.HasErrors()) {
    const Diagnostic& first = silent.diagnostics().front();
    diagnostics_.Report(Code::kF0205, span)
        .Arg(name.text)
        .Note(first.message)
        .Label(function.decl->name.span, "declared here");
  }
  return body;
}

ExprPtr ExprTyper::TooLarge(const std::string& function, Span span) {
  diagnostics_.Report(Code::kF0034, span)
      .Message("`{}` expands into an expression of more than {} parts", function, kMostNodes)
      .Note("a function is replaced by its body wherever it is called, functions in it too")
      .Help("compute a value once: `|> extend x = …`, then use `x`");
  return ErrorExpr(span);
}

ExprPtr ExprTyper::CallScalar(const FunctionDef& function, const ast::Name& name,
                              const ast::CallArgs& args, const Scope& scope, Span span) {
  bool poisoned = false;
  std::vector<TypedArg> typed = TypeArgs(args, scope, &poisoned);
  if (poisoned) return ErrorExpr(span);
  const ScalarOverload* best = nullptr;
  std::optional<ArgumentMatch> match;
  std::string why;
  for (const ScalarOverload& overload : function.overloads) {
    std::string reason;
    std::optional<ArgumentMatch> candidate = MatchArguments(overload.params, typed, &reason);
    if (!candidate) {
      if (why.empty() || function.overloads.size() == 1) why = reason;
      continue;
    }
    if (match && match->cost <= candidate->cost) continue;
    match = std::move(candidate);
    best = &overload;
  }
  if (best == nullptr || args.where != nullptr) {
    if (args.where != nullptr) why = "`where` belongs into aggregates";
    ReportArguments(name.text, SignaturesOf(function), function.overloads.size() == 1 ? why : "",
                    args.span);
    return ErrorExpr(span);
  }
  std::vector<const Value*> constants;
  for (const std::optional<Value>& value : match->constants) {
    constants.push_back(value ? &*value : nullptr);
  }
  std::vector<DataType> types;
  bool optional = false;
  const bool propagates = function.nulls == NullPolicy::kPropagate;
  for (const ExprPtr& argument : match->arguments) {
    optional |= argument->type.optional();
    types.push_back(propagates ? argument->type.AsRequired() : argument->type);
  }
  DataType type = best->result(types, constants);
  if (propagates && optional) type = type.AsOptional();
  if (best->bind != nullptr) {
    Result<std::shared_ptr<const void>> bound = best->bind(constants);
    if (!bound.ok()) {
      diagnostics_.Report(Code::kF0216, args.span).Arg(bound.status().message());
      return ErrorExpr(span);
    }
  }
  return plan::MakeCall(&function, best, type, std::move(match->arguments), span);
}

}  // namespace weir::semantic
