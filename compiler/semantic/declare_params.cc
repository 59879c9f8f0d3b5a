// Parameters: type, default, profile, --param, `where`. Secrets.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/semantic/declare_lazy.h"
#include "compiler/semantic/expr_typer.h"
#include "compiler/semantic/types_constraint.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir::semantic {

namespace {

/// `text` of the command line as a value of `type`; none if it is malformed.
std::optional<Value> ParseParam(const std::string& text, const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kString: return Value(type.AsRequired(), text);
    case TypeKind::kBool:
      if (text == "true" || text == "false") return Value::Bool(text == "true");
      return std::nullopt;
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
      if (std::optional<double> number = ParseFloat64(text)) {
        return AdaptValue(Value::Float64(*number), type).value;
      }
      return std::nullopt;
    case TypeKind::kDecimal:
      if (std::optional<Int128> number = ParseDecimal(text, type.precision(), type.scale())) {
        return Value::Decimal(*number, type.precision(), type.scale());
      }
      return std::nullopt;
    default: break;
  }
  if (!type.is_integer()) return AdaptValue(Value::String(text), type).value;
  std::optional<uint64_t> number = ParseUInt64(text);
  if (number && *number > static_cast<uint64_t>(INT64_MAX)) {
    return AdaptValue(Value(DataType::Of(TypeKind::kUInt64), *number), type).value;
  }
  if (std::optional<int64_t> signed_number = ParseInt64(text)) {
    return AdaptValue(Value::Int64(*signed_number), type).value;
  }
  return std::nullopt;
}

/// What takes the place of a value that only a run needs.
std::optional<Value> StandIn(const DataType& type) {
  DataType required = type.AsRequired();
  if (type.optional()) return Value::Null(type);
  if (type.is_float()) return Value(required, 0.0);
  if (type.is(TypeKind::kBool)) return Value::Bool(false);
  if (type.is_string_like()) return Value(required, std::string());
  if (type.is(TypeKind::kEnum)) return Value(required, uint16_t{0});
  if (type.physical() == Physical::kFixed16) return Value(required, Fixed16{});
  if (type.is_decimal()) return Value::Decimal(0, type.precision(), type.scale());
  if (type.is(TypeKind::kUInt64)) return Value(required, uint64_t{0});
  if (type.physical() == Physical::kInt64) return Value(required, int64_t{0});
  return std::nullopt;
}

class ParamResolver {
 public:
  ParamResolver(const Catalog& catalog, ParamInfo& info)
      : catalog_(catalog), data_(catalog.data()), info_(info), decl_(*info.decl) {}

  void Resolve() {
    if (decl_.has_errors) return;
    TypeUse use;
    if (decl_.type != nullptr) {
      use = catalog_.ResolveTypeUse(*decl_.type);
      info_.type = use.type;
      if (use.type.is_error()) return;
    }
    auto given = data_.options->params.find(info_.name);
    if (given != data_.options->params.end()) {
      FromCommandLine(given->second);
    } else if (const ast::Expr* expr = Expression()) {
      FromExpression(*expr);
    } else {
      Missing();
    }
    if (info_.value && !info_.stand_in) CheckConstraint(use);
  }

 private:
  /// Of the profile, the most derived one first, else the default.
  const ast::Expr* Expression() const {
    for (const ast::ProfileDecl* profile : data_.chain) {
      for (const ast::Assignment& assignment : profile->params) {
        if (assignment.name.text == info_.name) return assignment.value.get();
      }
    }
    return decl_.default_value.get();
  }

  void FromCommandLine(const std::string& text) {
    if (decl_.type == nullptr && decl_.default_value != nullptr) {
      ExternalValues external;
      ExprTyper typer(catalog_, *data_.diagnostics, &external);
      info_.type = typer.Type(*decl_.default_value, Scope())->type;
    }
    if (info_.type.is_error()) info_.type = DataType::String();
    info_.value = ParseParam(text, info_.type);
    if (info_.value) return;
    if (data_.usage_error.empty()) {
      data_.usage_error =
          fmt::format("--param {}={}: not {}", info_.name, text, WithArticle(info_.type));
    }
  }

  void FromExpression(const ast::Expr& expr) {
    ExternalValues external;
    ExprTyper typer(catalog_, *data_.diagnostics, &external);
    ExprPtr value;
    if (external_of_other_type(expr)) {
      value = FromEnvironment(expr, typer);
    } else {
      value = info_.type.is_error() ? typer.Type(expr, Scope())
                                    : typer.TypeAs(expr, Scope(), info_.type);
    }
    if (value == nullptr) {
      info_.stand_in = external.stand_in;
      if (external.stand_in) info_.value = StandIn(info_.type);
      return;
    }
    if (IsError(value)) return;
    if (info_.type.is_error()) info_.type = value->type;
    info_.value = typer.Evaluate(value, "a parameter");
    info_.stand_in = external.stand_in;
  }

  using ExprPtr = plan::ExprPtr;

  /// env("X") for a parameter that is no string: its text is read like one of the command line.
  bool external_of_other_type(const ast::Expr& expr) const {
    const auto* call = expr.Try<ast::CallExpr>();
    return call != nullptr && call->callee.text == "env" && !info_.type.is_error() &&
           !info_.type.is(TypeKind::kString);
  }

  ExprPtr FromEnvironment(const ast::Expr& expr, ExprTyper& typer) {
    ExternalValues external;
    ExprTyper reader(catalog_, *data_.diagnostics, &external);
    ExprPtr text = reader.Type(expr, Scope());
    if (IsError(text)) return text;
    if (external.stand_in) {
      info_.stand_in = true;
      std::optional<Value> value = StandIn(info_.type);
      if (!value) return ErrorExpr(expr.span);
      return Retyped(plan::MakeLiteral(*value, expr.span), info_.type);
    }
    std::optional<Value> value = ParseParam(text->value.as_string(), info_.type);
    if (value) return Retyped(plan::MakeLiteral(*value, expr.span), info_.type);
    return typer.Convert(std::move(text), info_.type, expr.span);
  }

  void Missing() {
    if (info_.type.is_error()) {
      data_.diagnostics->Report(Code::kF0109, decl_.name.span)
          .Arg(fmt::format("the parameter `{}`", info_.name))
          .Help(fmt::format("give it a type or a default: `param {}: string = \"…\"`", info_.name));
      return;
    }
    if (data_.options->check_only) {
      info_.value = StandIn(info_.type);
      info_.stand_in = true;
      return;
    }
    data_.diagnostics->Report(Code::kF0109, decl_.name.span)
        .Arg(info_.name)
        .Help(fmt::format("give it one: `--param {}=…`, in the profile, or a default here",
                          info_.name));
  }

  void CheckConstraint(const TypeUse& use) {
    CheckValue(catalog_, *info_.value, use.constraint, use.constraint_text, decl_.name.span);
    if (decl_.where == nullptr) return;
    plan::ExprPtr constraint = BindConstraint(catalog_, *decl_.where, info_.type);
    CheckValue(catalog_, *info_.value, constraint, catalog_.TextOf(decl_.where->span),
               decl_.name.span);
  }

  const Catalog& catalog_;
  CatalogData& data_;
  ParamInfo& info_;
  const ast::ParamDecl& decl_;
};

}  // namespace

void EnsureParam(const Catalog& catalog, size_t index) {
  CatalogData& data = catalog.data();
  Progress& progress = data.param_progress[index];
  if (progress == Progress::kDone) return;
  ParamInfo& info = data.params[index];
  if (progress == Progress::kBusy) {
    data.diagnostics->Report(Code::kF0103, info.decl->name.span).Arg("parameter").Arg(info.name);
    return;
  }
  progress = Progress::kBusy;
  ParamResolver(catalog, info).Resolve();
  data.param_progress[index] = Progress::kDone;
}

void ResolveSecret(const Catalog& catalog, SecretInfo& secret) {
  if (secret.decl->has_errors) return;
  const ast::CallOnly& call = secret.decl->value;
  const ast::StringLiteral* text =
      call.args.args.size() == 1 ? call.args.args[0].value->Try<ast::StringLiteral>() : nullptr;
  bool known = call.callee.text == "env" || call.callee.text == "file";
  if (text == nullptr || !known) {
    catalog.diagnostics()
        .Report(Code::kF0101, call.callee.span)
        .Arg("place for a secret")
        .Arg(call.callee.text)
        .Help("a secret comes from `env(\"NAME\")` or `file(\"/run/secrets/name\")`");
    return;
  }
  if (call.callee.text == "env") {
    secret.value = catalog.Environment(text->value);
    return;
  }
  if (catalog.options().check_only) return;
  std::ifstream file(text->value, std::ios::binary);
  if (!file) return;
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
  secret.value = std::move(content);
}

}  // namespace weir::semantic
