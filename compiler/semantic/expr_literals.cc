// Literals, f-strings, lists and structs.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/expr_typer.h"
#include "runtime/types/decimal.h"

namespace weir::semantic {

using plan::ExprKind;
using plan::ExprPtr;

namespace {

Value DecimalValue(const ast::DecimalLiteral& literal) {
  Int128 unscaled = 0;
  for (char digit : literal.digits) unscaled = unscaled * 10 + (digit - '0');
  int precision = std::max({static_cast<int>(literal.digits.size()), literal.scale, 1});
  return Value::Decimal(unscaled, precision, literal.scale);
}

Value IntegerValue(uint64_t number) {
  if (number <= static_cast<uint64_t>(INT64_MAX)) return Value::Int64(static_cast<int64_t>(number));
  return Value(DataType::Of(TypeKind::kUInt64), number);
}

}  // namespace

ExprPtr ExprTyper::TypeLiteral(const ast::Expr& expr) {
  auto literal = [&](Value value) { return plan::MakeLiteral(std::move(value), expr.span); };
  switch (expr.kind) {
    case ast::ExprKind::kInt: return literal(IntegerValue(expr.As<ast::IntLiteral>().value));
    case ast::ExprKind::kDecimal: return literal(DecimalValue(expr.As<ast::DecimalLiteral>()));
    case ast::ExprKind::kFloat: return literal(Value::Float64(expr.As<ast::FloatLiteral>().value));
    case ast::ExprKind::kString: return literal(Value::String(expr.As<ast::StringLiteral>().value));
    case ast::ExprKind::kDuration:
      return literal(Value::Duration(expr.As<ast::DurationLiteral>().micros));
    case ast::ExprKind::kSize: return literal(Value::Int64(expr.As<ast::SizeLiteral>().bytes));
    case ast::ExprKind::kTimestamp:
      return literal(Value::Timestamp(expr.As<ast::TimestampLiteral>().micros));
    case ast::ExprKind::kBool: return literal(Value::Bool(expr.As<ast::BoolLiteral>().value));
    case ast::ExprKind::kNull: return literal(Value::Null());
    default: return ErrorExpr(expr.span);
  }
}

ExprPtr ExprTyper::TypeFString(const ast::FStringLiteral& text, const Scope& scope) {
  auto format = std::make_shared<plan::Expr>();
  format->kind = ExprKind::kFormat;
  format->span = text.span;
  bool optional = false, poisoned = false, constant = true;
  std::string constant_text;
  for (const ast::FStringPart& part : text.parts) {
    if (part.expr == nullptr) {
      constant_text += part.text;
      format->children.push_back(plan::MakeLiteral(Value::String(part.text), part.span));
      continue;
    }
    ExprPtr value = Type(*part.expr, scope);
    if (value->type.is_nested()) {
      diagnostics_.Report(Code::kF0201, part.expr->span)
          .Arg("a value with a text form")
          .Arg(value->type.ToString())
          .Help(fmt::format("write it as JSON: `{{to_json({})}}`", TextOf(part.expr->span)));
      value = ErrorExpr(part.expr->span);
    }
    poisoned |= IsError(value);
    optional |= value->type.optional();
    bool is_text = value->kind == ExprKind::kLiteral && value->type.is(TypeKind::kString) &&
                   !value->value.is_null();
    constant &= is_text;
    if (is_text) constant_text += value->value.as_string();
    format->children.push_back(std::move(value));
  }
  if (poisoned) return ErrorExpr(text.span);
  if (constant) return plan::MakeLiteral(Value::String(constant_text), text.span);
  format->type = DataType::String().WithOptional(optional);
  return format;
}

ExprPtr ExprTyper::TypeList(const ast::ListExpr& list, const Scope& scope, const DataType* hint) {
  DataType element_hint;
  bool hinted = hint != nullptr && hint->is(TypeKind::kList);
  if (hinted) element_hint = hint->element();
  std::vector<ExprPtr> elements;
  for (const ast::ExprPtr& element : list.elements) {
    ExprPtr value = Type(*element, scope, hinted ? &element_hint : nullptr);
    if (hinted) value = Convert(std::move(value), element_hint, element->span);
    elements.push_back(std::move(value));
  }
  if (!UnifyBranches(elements, hinted ? &element_hint : nullptr)) return ErrorExpr(list.span);
  auto made = std::make_shared<plan::Expr>();
  made->kind = ExprKind::kMakeList;
  made->span = list.span;
  DataType element = elements.empty() ? DataType::Null() : elements.front()->type;
  made->type = DataType::List(hinted ? element_hint : element);
  made->children = std::move(elements);
  return made;
}

namespace {

/// Type that a place expects of field `name`.
std::optional<DataType> ExpectedOf(const DataType* hint, const std::string& name) {
  if (hint == nullptr) return std::nullopt;
  if (hint->is(TypeKind::kMap)) return hint->map_value();
  if (!hint->is(TypeKind::kStruct)) return std::nullopt;
  std::optional<int> index = hint->FieldIndex(name);
  if (!index) return std::nullopt;
  return hint->fields()[static_cast<size_t>(*index)].type;
}

/// Member `index` of a struct expression.
ExprPtr MemberOf(const ExprPtr& base, size_t index, Span span) {
  const StructField& field = base->type.fields()[index];
  auto member = std::make_shared<plan::Expr>();
  member->kind = ExprKind::kField;
  member->type = field.type;
  member->span = span;
  member->index = static_cast<int>(index);
  member->name = field.name;
  member->children = {base};
  return member;
}

/// A later entry of the same name replaces an earlier one.
template <typename Entry>
void Put(std::vector<Entry>& entries, Entry entry) {
  auto known = std::find_if(entries.begin(), entries.end(),
                            [&](const Entry& other) { return other.name == entry.name; });
  if (known == entries.end()) {
    entries.push_back(std::move(entry));
  } else {
    *known = std::move(entry);
  }
}

}  // namespace

void ExprTyper::OpenSpread(const ast::StructEntry& entry, const Scope& scope,
                           std::vector<Entry>& entries) {
  ExprPtr base = Type(*entry.value, scope);
  if (IsError(base)) return;
  if (!base->type.is(TypeKind::kStruct) || base->type.optional()) {
    diagnostics_.Report(Code::kF0201, entry.value->span).Arg("a struct").Arg(base->type.ToString());
    return;
  }
  for (size_t i = 0; i < base->type.fields().size(); ++i) {
    Put(entries, Entry{base->type.fields()[i].name, MemberOf(base, i, entry.span), entry.span});
  }
}

ExprTyper::Entry ExprTyper::TypeEntry(const ast::StructEntry& entry, const Scope& scope,
                                      const DataType* hint) {
  std::optional<DataType> expected = ExpectedOf(hint, entry.name.text);
  const DataType* expected_type = expected ? &*expected : nullptr;
  if (entry.value != nullptr) {
    return {entry.name.text, Type(*entry.value, scope, expected_type), entry.name.span};
  }
  ast::NameExpr shorthand;
  shorthand.name = entry.name;
  shorthand.span = entry.name.span;
  return {entry.name.text, TypeName(shorthand, scope, expected_type), entry.name.span};
}

std::vector<ExprTyper::Entry> ExprTyper::Entries(const ast::StructExpr& row, const Scope& scope,
                                                 const DataType* hint) {
  std::vector<Entry> entries;
  for (const ast::StructEntry& entry : row.entries) {
    if (entry.kind == ast::StructEntry::Kind::kSpread) {
      OpenSpread(entry, scope, entries);
    } else {
      Put(entries, TypeEntry(entry, scope, hint));
    }
  }
  return entries;
}

ExprPtr ExprTyper::MakeAnonymousStruct(std::vector<Entry> entries, Span span) {
  auto made = std::make_shared<plan::Expr>();
  made->kind = ExprKind::kMakeStruct;
  made->span = span;
  std::vector<StructField> fields;
  bool poisoned = false;
  for (Entry& entry : entries) {
    poisoned |= IsError(entry.value);
    fields.push_back({entry.name, entry.value->type});
    made->children.push_back(std::move(entry.value));
  }
  if (poisoned) return ErrorExpr(span);
  made->type = DataType::Struct(std::move(fields));
  return made;
}

bool ExprTyper::ReportUnknownFields(const std::vector<Entry>& entries, const DataType& type) {
  std::vector<std::string> names;
  for (const StructField& field : type.fields()) names.push_back(field.name);
  bool unknown = false;
  for (const Entry& entry : entries) {
    if (type.FieldIndex(entry.name)) continue;
    unknown = true;
    std::string what = type.name().empty() ? "this struct" : fmt::format("`{}`", type.name());
    diagnostics_.Report(Code::kF0107, entry.span)
        .Arg(what)
        .Arg(entry.name)
        .Help(SuggestHelp(entry.name, names));
  }
  return unknown;
}

ExprPtr ExprTyper::MakeStruct(std::vector<Entry> entries, const DataType* type, Span span,
                              bool partial) {
  if (type == nullptr) return MakeAnonymousStruct(std::move(entries), span);
  auto made = std::make_shared<plan::Expr>();
  made->kind = ExprKind::kMakeStruct;
  made->span = span;
  std::vector<StructField> fields;
  bool poisoned = ReportUnknownFields(entries, *type);
  for (const StructField& field : type->fields()) {
    auto given = std::find_if(entries.begin(), entries.end(),
                              [&](const Entry& entry) { return entry.name == field.name; });
    if (given == entries.end() && partial) continue;
    if (given != entries.end()) {
      ExprPtr value = Convert(given->value, field.type, given->value->span);
      poisoned |= IsError(value);
      made->children.push_back(std::move(value));
    } else if (field.type.optional()) {
      made->children.push_back(plan::MakeLiteral(Value::Null(field.type), span));
    } else {
      poisoned = true;
      diagnostics_.Report(Code::kF0224, span)
          .Arg(field.name)
          .Note(fmt::format("`{}: {}` has no value to take its place", field.name,
                            field.type.ToString()));
    }
    fields.push_back(field);
  }
  if (poisoned) return ErrorExpr(span);
  made->type = DataType::Struct(std::move(fields), type->name());
  return made;
}

ExprPtr ExprTyper::TypeStruct(const ast::StructExpr& row, const Scope& scope,
                              const DataType* hint) {
  bool hinted = hint != nullptr && hint->is(TypeKind::kStruct);
  return MakeStruct(Entries(row, scope, hint), hinted ? hint : nullptr, row.span, false);
}

ExprPtr ExprTyper::TypeWith(const ast::WithExpr& with, const Scope& scope, const DataType* hint) {
  ExprPtr base = Type(*with.base, scope, hint);
  if (IsError(base)) return base;
  if (!base->type.is(TypeKind::kStruct) || base->type.optional()) {
    diagnostics_.Report(Code::kF0201, with.base->span).Arg("a struct").Arg(base->type.ToString());
    return ErrorExpr(with.span);
  }
  const DataType type = base->type;
  std::vector<Entry> entries;
  for (size_t i = 0; i < type.fields().size(); ++i) {
    Span span = with.base->span;
    entries.push_back({type.fields()[i].name, MemberOf(base, i, span), span});
  }
  for (Entry& change : Entries(*with.changes, scope, &type)) Put(entries, std::move(change));
  return MakeStruct(std::move(entries), &type, with.span, false);
}

ExprPtr ExprTyper::PartialRow(const ast::Expr& expr, const Scope& scope, const DataType& type) {
  if (const auto* row = expr.Try<ast::StructExpr>()) {
    return MakeStruct(Entries(*row, scope, &type), &type, expr.span, true);
  }
  if (const auto* with = expr.Try<ast::WithExpr>()) {
    ExprPtr base = PartialRow(*with->base, scope, type);
    if (IsError(base)) return base;
    std::vector<Entry> entries;
    for (size_t i = 0; i < base->children.size(); ++i) {
      entries.push_back({base->type.fields()[i].name, base->children[i], with->base->span});
    }
    for (Entry& change : Entries(*with->changes, scope, &type)) Put(entries, std::move(change));
    return MakeStruct(std::move(entries), &type, expr.span, true);
  }
  ExprPtr value = Type(expr, scope, &type);
  if (IsError(value)) return value;
  if (value->kind != ExprKind::kMakeStruct) {
    diagnostics_.Report(Code::kF0201, expr.span)
        .Arg(type.ToString())
        .Arg(value->type.ToString())
        .Help("a row is written `{ field: value, … }`, or `fixture with { field: value }`");
    return ErrorExpr(expr.span);
  }
  std::vector<Entry> entries;
  for (size_t i = 0; i < value->children.size(); ++i) {
    entries.push_back({value->type.fields()[i].name, value->children[i], expr.span});
  }
  return MakeStruct(std::move(entries), &type, expr.span, true);
}

}  // namespace weir::semantic
