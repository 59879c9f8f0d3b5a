// Arguments against parameters.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/semantic/expr_typer.h"
#include "runtime/eval/constant.h"

namespace weir::semantic {

using plan::ExprKind;
using plan::ExprPtr;

namespace {

// The overload with the cheapest conversions wins; the first one of equals.
constexpr int kCostClass = 1;    // any integer, any list
constexpr int kCostLiteral = 1;  // a literal takes another type
constexpr int kCostWiden = 2;    // int32 -> int64
constexpr int kCostDecimal = 3;  // integer -> decimal, enum -> string
constexpr int kCostFloat = 4;    // integer -> float
constexpr int kCostAny = 5;

std::optional<ExprPtr> Fit(const ExprPtr& arg, const DataType& target, int* cost) {
  DataType wanted = target.WithOptional(arg->type.optional() || target.optional());
  Conversion conversion = TryConvert(arg, wanted);
  if (conversion.misfit != Misfit::kNone) return std::nullopt;
  const DataType& from = arg->type;
  if (from.SameBase(target)) return conversion.expr;
  if (arg->kind == ExprKind::kLiteral) {
    *cost += from.is_integer() && target.is_float() ? kCostFloat : kCostLiteral;
  } else if (target.is_float() && from.is_integer()) {
    *cost += kCostFloat;
  } else if (target.is_decimal() != from.is_decimal() || from.is(TypeKind::kEnum)) {
    *cost += kCostDecimal;
  } else {
    *cost += kCostWiden;
  }
  return conversion.expr;
}

std::optional<ExprPtr> FitInteger(const ExprPtr& arg, int* cost) {
  if (!arg->type.is_integer()) return std::nullopt;
  *cost += kCostClass;
  if (arg->type.is(TypeKind::kUInt64)) return arg;
  int ignored = 0;
  return Fit(arg, DataType::Int64(), &ignored);
}

std::optional<ExprPtr> FitDecimal(const ExprPtr& arg, int* cost) {
  if (arg->type.is_decimal()) {
    *cost += kCostClass;
    return arg;
  }
  if (!arg->type.is_integer()) return std::nullopt;
  *cost += kCostDecimal;
  int ignored = 0;
  if (arg->kind == ExprKind::kLiteral && !arg->value.is_null()) {
    return plan::MakeLiteral(DecimalOfInteger(arg->value), arg->span);
  }
  return Fit(arg, *CommonTypeOf(arg->type.AsRequired(), DataType::Decimal(1, 0)), &ignored);
}

std::optional<ExprPtr> FitFloat(const ExprPtr& arg, int* cost) {
  if (arg->type.is_float()) {
    *cost += kCostClass;
    return arg;
  }
  return Fit(arg, DataType::Float64(), cost);
}

std::optional<ExprPtr> FitIf(bool fits, const ExprPtr& arg, int* cost, int price) {
  if (!fits) return std::nullopt;
  *cost += price;
  return arg;
}

/// A null literal is a value of any type: of the pattern's own where it has one.
ExprPtr NullFor(const TypePattern& pattern, const ExprPtr& arg) {
  DataType type = pattern.cls == TypePattern::Class::kExact ? pattern.type : DataType::String();
  switch (pattern.cls) {
    case TypePattern::Class::kInteger:
    case TypePattern::Class::kNumeric: type = DataType::Int64(); break;
    case TypePattern::Class::kDecimal: type = DataType::Decimal(38, 0); break;
    case TypePattern::Class::kFloat: type = DataType::Float64(); break;
    default: break;
  }
  return plan::MakeLiteral(Value::Null(type.AsOptional()), arg->span);
}

bool IsPosition(const TypedArg& arg) { return !arg.arg->name.has_value(); }

std::string ParamText(const ParamDef& param) {
  std::string text = fmt::format("{}: {}", param.name, param.type.ToString());
  if (param.variadic) text += " …";
  if (param.default_value) text += fmt::format(" = {}", param.default_value->ToString());
  return text;
}

}  // namespace

std::string SignatureOf(std::string_view name, const std::vector<ParamDef>& params) {
  std::string text(name);
  text += "(";
  for (size_t i = 0; i < params.size(); ++i) {
    if (i > 0) text += ", ";
    text += ParamText(params[i]);
  }
  return text + ")";
}

ExprPtr ExprTyper::MatchArgument(const ParamDef& param, const ExprPtr& arg,
                                 const ArgumentMatch& match, int* cost) {
  const TypePattern& pattern = param.type;
  using Class = TypePattern::Class;
  if (arg->type.is(TypeKind::kNull) && pattern.cls != Class::kSameAs) {
    return NullFor(pattern, arg);
  }
  const DataType& type = arg->type;
  std::optional<ExprPtr> fitted;
  switch (pattern.cls) {
    case Class::kExact: fitted = Fit(arg, pattern.type, cost); break;
    case Class::kAny: fitted = FitIf(true, arg, cost, kCostAny); break;
    case Class::kInteger: fitted = FitInteger(arg, cost); break;
    case Class::kDecimal: fitted = FitDecimal(arg, cost); break;
    case Class::kFloat: fitted = FitFloat(arg, cost); break;
    case Class::kNumeric: fitted = FitIf(type.is_numeric(), arg, cost, kCostClass + 1); break;
    case Class::kEnum: fitted = FitIf(type.is(TypeKind::kEnum), arg, cost, kCostClass); break;
    case Class::kList: fitted = FitIf(type.is(TypeKind::kList), arg, cost, kCostClass); break;
    case Class::kMap: fitted = FitIf(type.is(TypeKind::kMap), arg, cost, kCostClass); break;
    case Class::kStruct: fitted = FitIf(type.is(TypeKind::kStruct), arg, cost, kCostClass); break;
    case Class::kSameAs: {
      const ExprPtr& other = match.arguments[static_cast<size_t>(pattern.same_as)];
      fitted = other == nullptr ? arg : Fit(arg, other->type.AsRequired(), cost);
      break;
    }
  }
  return fitted ? *fitted : nullptr;
}

namespace {

/// Which argument each parameter gets; extra ones of a variadic parameter at the end.
struct Places {
  std::vector<const TypedArg*> by_param;
  std::vector<const TypedArg*> tail;
};

std::optional<Places> PlaceArguments(const std::vector<ParamDef>& params,
                                     const std::vector<TypedArg>& args, std::string* why) {
  Places places;
  places.by_param.resize(params.size());
  size_t next = 0;
  for (const TypedArg& arg : args) {
    if (!IsPosition(arg)) {
      const std::string& name = arg.arg->name->text;
      auto param = std::find_if(params.begin(), params.end(),
                                [&](const ParamDef& def) { return def.name == name; });
      if (param == params.end()) {
        *why = fmt::format("there is no parameter `{}`", name);
        return std::nullopt;
      }
      const TypedArg*& place = places.by_param[static_cast<size_t>(param - params.begin())];
      if (place != nullptr) {
        *why = fmt::format("`{}` is given twice", name);
        return std::nullopt;
      }
      place = &arg;
      continue;
    }
    while (next < params.size() && (params[next].named_only || places.by_param[next] != nullptr)) {
      if (params[next].variadic) break;
      ++next;
    }
    if (next >= params.size()) {
      *why = fmt::format("{} arguments are too many", args.size());
      return std::nullopt;
    }
    if (params[next].variadic && places.by_param[next] != nullptr) {
      places.tail.push_back(&arg);
      continue;
    }
    places.by_param[next] = &arg;
    if (!params[next].variadic) ++next;
  }
  for (size_t i = 0; i < params.size(); ++i) {
    if (places.by_param[i] != nullptr || params[i].default_value) continue;
    *why = fmt::format("`{}` is missing", params[i].name);
    return std::nullopt;
  }
  return places;
}

/// Arguments of "same type as" a parameter may widen that one: both take their common type.
void WidenShared(const std::vector<ParamDef>& params, const Places& places,
                 std::vector<ExprPtr>& arguments) {
  for (size_t i = 0; i < params.size(); ++i) {
    if (params[i].type.cls != TypePattern::Class::kSameAs || places.by_param[i] == nullptr) {
      continue;
    }
    ExprPtr& shared = arguments[static_cast<size_t>(params[i].type.same_as)];
    const ExprPtr& other = places.by_param[i]->expr;
    if (shared == nullptr || shared->type.SameBase(other->type)) continue;
    bool literal = other->kind == ExprKind::kLiteral;
    if (literal && TryConvert(other, shared->type.WithOptional(true)).misfit == Misfit::kNone) {
      continue;
    }
    std::optional<DataType> common =
        CommonTypeOf(shared->type.AsRequired(), other->type.AsRequired());
    if (!common) continue;
    Conversion wider = TryConvert(shared, common->WithOptional(shared->type.optional()));
    if (wider.misfit == Misfit::kNone) shared = wider.expr;
  }
}

}  // namespace

std::optional<ArgumentMatch> ExprTyper::MatchArguments(const std::vector<ParamDef>& params,
                                                       const std::vector<TypedArg>& args,
                                                       std::string* why) {
  std::optional<Places> places = PlaceArguments(params, args, why);
  if (!places) return std::nullopt;
  ArgumentMatch match;
  match.arguments.resize(params.size());
  match.constants.resize(params.size());
  auto misfit = [&](const ParamDef& param, const ExprPtr& arg) {
    *why = fmt::format("`{}` takes {}, and this is {}", param.name, param.type.ToString(),
                       arg->type.ToString());
    return std::nullopt;
  };
  for (bool shared : {false, true}) {
    for (size_t i = 0; i < params.size(); ++i) {
      bool same_as = params[i].type.cls == TypePattern::Class::kSameAs;
      if (same_as != shared) continue;
      const TypedArg* given = places->by_param[i];
      if (given == nullptr) {
        match.arguments[i] = plan::MakeLiteral(*params[i].default_value);
        match.constants[i] = params[i].default_value;
        continue;
      }
      ExprPtr fitted = MatchArgument(params[i], given->expr, match, &match.cost);
      if (fitted == nullptr) return misfit(params[i], given->expr);
      match.arguments[i] = std::move(fitted);
    }
    if (!shared) WidenShared(params, *places, match.arguments);
  }
  for (const TypedArg* extra : places->tail) {
    ExprPtr fitted = MatchArgument(params.back(), extra->expr, match, &match.cost);
    if (fitted == nullptr) return misfit(params.back(), extra->expr);
    match.arguments.push_back(std::move(fitted));
  }
  for (size_t i = 0; i < params.size(); ++i) {
    const ExprPtr& argument = match.arguments[i];
    if (match.constants[i]) continue;
    if (argument->kind == ExprKind::kLiteral) {
      match.constants[i] = argument->value;
    } else if (params[i].constant || IsConstant(*argument)) {
      if (!IsConstant(*argument)) {
        *why = fmt::format("`{}` must be a constant", params[i].name);
        return std::nullopt;
      }
      Result<Value> value = EvaluateConstant(argument);
      if (value.ok()) match.constants[i] = *value;
    }
  }
  return match;
}

void ExprTyper::ReportArguments(std::string_view function, std::string signatures, std::string why,
                                Span span) {
  DiagnosticBuilder report = diagnostics_.Report(Code::kF0205, span).Arg(function);
  if (!why.empty()) report.Here(std::move(why));
  size_t start = 0;
  while (start < signatures.size()) {
    size_t end = std::min(signatures.find('\n', start), signatures.size());
    report.Note(signatures.substr(start, end - start));
    start = end + 1;
  }
}

}  // namespace weir::semantic
