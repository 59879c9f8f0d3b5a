// Names, parameters, members and indices.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

using plan::ExprKind;
using plan::ExprPtr;

ExprPtr ExprTyper::Known(ExprPtr expr, const Scope& scope) const {
  if (!expr->type.optional() || expr->kind == ExprKind::kLiteral) return expr;
  return scope.IsKnownNotNull(*expr) ? AsRequired(expr) : expr;
}

namespace {

ExprPtr ColumnExpr(const ScopeColumn& column, Span span) {
  return plan::MakeColumn(column.index, column.name, column.type, span);
}

/// A bound expression seen through a name: messages point at the name.
ExprPtr At(const ExprPtr& expr, Span span) {
  auto copy = std::make_shared<plan::Expr>(*expr);
  copy->span = span;
  return copy;
}

std::vector<std::string> FieldNames(const DataType& type) {
  std::vector<std::string> names;
  for (const StructField& field : type.fields()) names.push_back(field.name);
  return names;
}

void SuggestField(DiagnosticBuilder report, const ast::Name& name,
                  const std::vector<std::string>& names) {
  if (std::optional<std::string> near = SuggestName(name.text, names)) {
    report.Here(fmt::format("did you mean `{}`?", *near));
    report.Suggest(name.span, *near, fmt::format("write `{}`", *near));
  } else {
    report.Help(SuggestHelp(name.text, names));
  }
}

}  // namespace

ExprPtr ExprTyper::TypeName(const ast::NameExpr& name, const Scope& scope, const DataType* hint) {
  const std::string& text = name.name.text;
  if (text.empty()) return ErrorExpr(name.span);
  if (const ScopeColumn* column = scope.FindColumn(text)) {
    return Known(ColumnExpr(*column, name.span), scope);
  }
  if (const Scope::Binding* binding = scope.FindBinding(text)) {
    return Known(At(binding->value, name.span), scope);
  }
  if (const Scope::Row* row = scope.FindRow(text)) {
    auto made = std::make_shared<plan::Expr>();
    made->kind = ExprKind::kMakeStruct;
    made->span = name.span;
    std::vector<StructField> fields;
    for (const ScopeColumn& column : row->columns) {
      fields.push_back({column.name, column.type});
      made->children.push_back(ColumnExpr(column, name.span));
    }
    made->type = DataType::Struct(std::move(fields));
    return made;
  }
  return UnknownName(name.name, scope, hint);
}

ExprPtr ExprTyper::UnknownName(const ast::Name& name, const Scope& scope, const DataType* hint) {
  if (const std::string* how = scope.FindUnreachable(name.text)) {
    diagnostics_.Report(Code::kF0106, name.span).Arg(name.text).Help(*how);
    return ErrorExpr(name.span);
  }
  std::string what(scope.what());
  DiagnosticBuilder report =
      what.empty() ? diagnostics_.Report(Code::kF0101, name.span).Arg("value").Arg(name.text)
                   : diagnostics_.Report(Code::kF0107, name.span).Arg(what).Arg(name.text);
  if (hint != nullptr && hint->is(TypeKind::kEnum) && hint->EnumCode(name.text)) {
    report.Help(fmt::format("a value of an enum is written as a string: \"{}\"", name.text));
    report.Suggest(name.span, fmt::format("\"{}\"", name.text), "write it as a string");
  } else if (catalog_.FindParam(name.text) != nullptr) {
    report.Help(fmt::format("a parameter is read with a dollar sign: `${}`", name.text));
    report.Suggest(name.span, "$" + name.text, fmt::format("write `${}`", name.text));
  } else {
    SuggestField(report, name, scope.Names());
  }
  return ErrorExpr(name.span);
}

ExprPtr ExprTyper::TypeParam(const ast::ParamExpr& param, const Scope& scope) {
  const std::string& text = param.name.text;
  if (const Scope::Binding* binding = scope.FindBinding("$" + text)) {
    return At(binding->value, param.span);
  }
  if (const SecretInfo* secret = catalog_.FindSecret(text)) {
    if (external_ == nullptr || !external_->allow_secrets) {
      diagnostics_.Report(Code::kF0223, param.span)
          .Label(secret->decl->name.span, "declared as a secret here")
          .Help("a secret goes only into the arguments of a connector");
      return ErrorExpr(param.span);
    }
    external_->secret_used = true;
    external_->stand_in |= !secret->value.has_value();
    return plan::MakeLiteral(Value::String(secret->value.value_or("")), param.span);
  }
  const ParamInfo* info = catalog_.FindParam(text);
  if (info == nullptr) {
    std::vector<std::string> names;
    for (const ParamInfo& known : catalog_.params()) names.push_back(known.name);
    for (const SecretInfo& known : catalog_.secrets()) names.push_back(known.name);
    DiagnosticBuilder report =
        diagnostics_.Report(Code::kF0101, param.span).Arg("parameter").Arg("$" + text);
    std::optional<std::string> near = SuggestName(text, names);
    report.Help(near ? fmt::format("did you mean `${}`?", *near) : SuggestHelp(text, names));
    return ErrorExpr(param.span);
  }
  if (!info->value) return ErrorExpr(param.span);
  if (external_ != nullptr) external_->stand_in |= info->stand_in;
  return Retyped(plan::MakeLiteral(*info->value, param.span), info->type);
}

namespace {

std::shared_ptr<plan::Expr> FieldExpr(ExprPtr object, int index, const ast::MemberExpr& member,
                                      const DataType& type) {
  auto field = std::make_shared<plan::Expr>();
  field->kind = ExprKind::kField;
  field->type = type;
  field->span = member.span;
  field->index = index;
  field->name = member.member.text;
  field->children = {std::move(object)};
  return field;
}

/// Help for `.` on something that has no members.
std::string NoMembersHelp(const DataType& type, const std::string& text, const std::string& name) {
  if (type.is(TypeKind::kMap)) return fmt::format("look it up: `{}[\"{}\"]`", text, name);
  if (type.is(TypeKind::kList)) return fmt::format("take one element first: `{}[0]`", text);
  return "";
}

}  // namespace

ExprPtr ExprTyper::TypeMethod(const ast::MemberExpr& member, const Scope& scope) {
  const auto* head = member.object->Try<ast::NameExpr>();
  const ast::Name& name = member.member;
  const Catalog* module = head == nullptr ? nullptr : catalog_.FindModule(head->name.text);
  if (module != nullptr) {
    if (const FunctionInfo* function = module->FindFunction(name.text)) {
      return CallFunction(*function, name, *member.call, scope, member.span);
    }
    diagnostics_.Report(Code::kF0105, name.span).Arg(head->name.text).Arg(name.text);
    return ErrorExpr(member.span);
  }
  diagnostics_.Report(Code::kF0108, name.span)
      .Arg(fmt::format(".{}", name.text))
      .Help(fmt::format("values have no methods; a function is called `{}({}, …)`", name.text,
                        TextOf(member.object->span)));
  return ErrorExpr(member.span);
}

ExprPtr ExprTyper::TypeRowMember(const ast::MemberExpr& member, const Scope& scope,
                                 const Scope::Row& row) {
  std::vector<std::string> names;
  for (const ScopeColumn& column : row.columns) {
    if (column.name == member.member.text) return Known(ColumnExpr(column, member.span), scope);
    names.push_back(column.name);
  }
  SuggestField(diagnostics_.Report(Code::kF0107, member.member.span)
                   .Arg(fmt::format("`{}`", row.alias))
                   .Arg(member.member.text),
               member.member, names);
  return ErrorExpr(member.span);
}

ExprPtr ExprTyper::TypeMember(const ast::MemberExpr& member, const Scope& scope) {
  if (member.call) return TypeMethod(member, scope);
  const auto* head = member.object->Try<ast::NameExpr>();
  const Scope::Row* row = head == nullptr ? nullptr : scope.FindRow(head->name.text);
  if (row != nullptr) return TypeRowMember(member, scope, *row);
  ExprPtr object = Type(*member.object, scope);
  const DataType type = object->type;
  if (type.is_error()) return ErrorExpr(member.span);
  if (type.is(TypeKind::kJson)) {
    return Known(FieldExpr(std::move(object), -1, member, DataType::Json().AsOptional()), scope);
  }
  if (type.is(TypeKind::kStruct)) return TypeStructMember(member, std::move(object), scope);
  diagnostics_.Report(Code::kF0227, member.member.span)
      .Arg(type.AsRequired().ToString())
      .Help(NoMembersHelp(type, TextOf(member.object->span), member.member.text));
  return ErrorExpr(member.span);
}

ExprPtr ExprTyper::TypeStructMember(const ast::MemberExpr& member, ExprPtr object,
                                    const Scope& scope) {
  const DataType type = object->type;
  const ast::Name& name = member.member;
  std::optional<int> index = type.FieldIndex(name.text);
  if (!index) {
    std::string what = type.name().empty() ? fmt::format("`{}`", TextOf(member.object->span))
                                           : fmt::format("`{}`", type.name());
    SuggestField(diagnostics_.Report(Code::kF0107, name.span).Arg(what).Arg(name.text), name,
                 FieldNames(type));
    return ErrorExpr(member.span);
  }
  if (type.optional() && !member.safe) {
    ReportHiddenMember(member);
    return ErrorExpr(member.span);
  }
  if (member.safe && !type.optional()) {
    diagnostics_.Report(Code::kW0201, member.object->span).Help("write `.` instead of `?.`");
  }
  const size_t place = static_cast<size_t>(*index);
  if (object->kind == ExprKind::kMakeStruct) return At(object->children[place], member.span);
  const DataType& field = type.fields()[place].type;
  DataType result = type.optional() ? field.AsOptional() : field;
  return Known(FieldExpr(std::move(object), *index, member, result), scope);
}

void ExprTyper::ReportHiddenMember(const ast::MemberExpr& member) {
  std::string text = TextOf(member.object->span);
  const std::string& name = member.member.text;
  Span dot{member.span.file, member.object->span.end, member.member.span.begin};
  if (member.object->parenthesized) dot.begin = member.member.span.begin - 1;
  diagnostics_.Report(Code::kF0210, member.span)
      .Arg(text)
      .Here(fmt::format("`{}` is optional", text))
      .Help(fmt::format("`{}?.{}` is null where `{}` is null", text, name, text))
      .Suggest(dot, "?.", "write `?.`");
}

ExprPtr ExprTyper::TypeIndex(const ast::IndexExpr& index, const Scope& scope) {
  ExprPtr object = Type(*index.object, scope);
  const DataType type = object->type;
  DataType key, result;
  if (type.is(TypeKind::kList)) {
    key = DataType::Int64();
    result = type.element();
  } else if (type.is(TypeKind::kMap)) {
    key = type.map_key();
    result = type.map_value();
  } else if (type.is(TypeKind::kJson)) {
    result = DataType::Json();
  } else if (!type.is_error()) {
    diagnostics_.Report(Code::kF0204, index.span)
        .Arg("[ ]")
        .Arg(type.ToString())
        .Help(type.is(TypeKind::kString) ? "a part of a string: `substring(text, start, length)`"
                                         : "");
    return ErrorExpr(index.span);
  }
  ExprPtr place = Type(*index.index, scope, key.is_error() ? nullptr : &key);
  if (type.is(TypeKind::kJson)) {
    bool fits = place->type.is(TypeKind::kString) || place->type.is_integer();
    if (!fits && !IsError(place)) {
      diagnostics_.Report(Code::kF0201, index.index->span)
          .Arg("a string or an integer")
          .Arg(place->type.ToString());
      return ErrorExpr(index.span);
    }
  } else if (!type.is_error()) {
    DataType wanted = place->type.optional() ? key.AsOptional() : key;
    place = Convert(std::move(place), wanted, index.index->span);
  }
  if (type.is_error() || IsError(place)) return ErrorExpr(index.span);
  return Known(plan::MakeBinary(ExprKind::kIndex, result.AsOptional(), std::move(object),
                                std::move(place), index.span),
               scope);
}

}  // namespace weir::semantic
