#include "compiler/semantic/expr_convert.h"

#include <algorithm>
#include <utility>

#include "compiler/plan/cast_rules.h"
#include "compiler/semantic/expr_retype.h"
#include "runtime/types/decimal.h"

namespace weir::semantic {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

Conversion Done(ExprPtr expr) { return {std::move(expr), Misfit::kNone, nullptr}; }
Conversion Failed(Misfit misfit, ExprPtr culprit) { return {nullptr, misfit, std::move(culprit)}; }

bool FieldsWiden(const DataType& from, const DataType& to) {
  if (from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < to.fields().size(); ++i) {
    const StructField& a = from.fields()[i];
    const StructField& b = to.fields()[i];
    if (a.name != b.name || (a.type.optional() && !b.type.optional())) return false;
    if (!WidensTo(a.type, b.type)) return false;
  }
  return true;
}

bool ElementWidens(const DataType& from, const DataType& to) {
  return (to.optional() || !from.optional()) && WidensTo(from, to);
}

Conversion ConvertLiteral(const ExprPtr& expr, const DataType& target) {
  Adapted adapted = AdaptValue(expr->value, target);
  if (!adapted.value) return Failed(adapted.misfit, expr);
  return Done(Retyped(plan::MakeLiteral(*std::move(adapted.value), expr->span), target));
}

/// Same node, other children and type.
ExprPtr WithChildren(const Expr& expr, std::vector<ExprPtr> children, const DataType& type) {
  auto copy = std::make_shared<Expr>(expr);
  copy->children = std::move(children);
  copy->type = type;
  return copy;
}

Conversion ConvertList(const ExprPtr& expr, const DataType& target) {
  std::vector<ExprPtr> children;
  for (const ExprPtr& child : expr->children) {
    Conversion element = TryConvert(child, target.element());
    if (element.misfit != Misfit::kNone) return element;
    children.push_back(std::move(element.expr));
  }
  return Done(WithChildren(*expr, std::move(children), target));
}

Conversion ConvertStruct(const ExprPtr& expr, const DataType& target) {
  if (expr->type.fields().size() != target.fields().size()) return Failed(Misfit::kType, expr);
  std::vector<ExprPtr> children;
  for (const StructField& field : target.fields()) {
    std::optional<int> index = expr->type.FieldIndex(field.name);
    if (!index) return Failed(Misfit::kType, expr);
    Conversion member = TryConvert(expr->children[static_cast<size_t>(*index)], field.type);
    if (member.misfit != Misfit::kNone) return member;
    children.push_back(std::move(member.expr));
  }
  return Done(WithChildren(*expr, std::move(children), target));
}

/// {a: 1} where a map is expected: only from constants.
Conversion ConvertToMap(const ExprPtr& expr, const DataType& target) {
  Value::List entries;
  for (size_t i = 0; i < expr->children.size(); ++i) {
    Adapted key = AdaptValue(Value::String(expr->type.fields()[i].name), target.map_key());
    Conversion value = TryConvert(expr->children[i], target.map_value());
    if (value.misfit != Misfit::kNone) return value;
    if (!key.value || value.expr->kind != ExprKind::kLiteral) return Failed(Misfit::kType, expr);
    entries.push_back(Value(target.element(), Value::List{*key.value, value.expr->value}));
  }
  ExprPtr literal = plan::MakeLiteral(Value(target.AsRequired(), std::move(entries)), expr->span);
  return Done(Retyped(literal, target));
}

/// Children of a conditional that are its results.
bool IsResult(const Expr& expr, size_t child) {
  switch (expr.kind) {
    case ExprKind::kIf: return child > 0;
    case ExprKind::kCase: return child > 0 && (child % 2 == 0 || child + 1 == expr.children.size());
    case ExprKind::kCoalesce: return true;
    default: return false;
  }
}

Conversion ConvertBranches(const ExprPtr& expr, const DataType& target) {
  std::vector<ExprPtr> children = expr->children;
  for (size_t i = 0; i < children.size(); ++i) {
    if (!IsResult(*expr, i)) continue;
    bool may_be_null = expr->kind == ExprKind::kCoalesce && i == 0;
    Conversion branch = TryConvert(children[i], may_be_null ? target.AsOptional() : target);
    if (branch.misfit != Misfit::kNone) return branch;
    children[i] = std::move(branch.expr);
  }
  return Done(WithChildren(*expr, std::move(children), target));
}

bool HasBranches(const Expr& expr) {
  return expr.kind == ExprKind::kIf || expr.kind == ExprKind::kCase ||
         expr.kind == ExprKind::kCoalesce;
}

/// Forms that take the type of the place they stand in.
std::optional<Conversion> ConvertForm(const ExprPtr& expr, const DataType& target) {
  if (expr->kind == ExprKind::kMakeList && target.is(TypeKind::kList)) {
    return ConvertList(expr, target);
  }
  if (expr->kind == ExprKind::kMakeStruct) {
    if (target.is(TypeKind::kStruct)) return ConvertStruct(expr, target);
    if (target.is(TypeKind::kMap)) return ConvertToMap(expr, target);
  }
  if ((expr->kind == ExprKind::kMakeStruct || expr->kind == ExprKind::kMakeList) &&
      target.is(TypeKind::kJson)) {
    return Done(plan::MakeUnary(ExprKind::kCast, target, expr, expr->span));
  }
  if (HasBranches(*expr)) return ConvertBranches(expr, target);
  return std::nullopt;
}

}  // namespace

bool WidensTo(const DataType& from, const DataType& to) {
  if (from.SameBase(to)) return true;
  if (from.is(TypeKind::kNull)) return to.optional();
  if (from.is(TypeKind::kEnum)) return to.is(TypeKind::kString);
  if (from.kind() == to.kind() && from.is_nested()) {
    switch (from.kind()) {
      case TypeKind::kList: return ElementWidens(from.element(), to.element());
      case TypeKind::kMap:
        return from.map_key() == to.map_key() && ElementWidens(from.map_value(), to.map_value());
      default: return FieldsWiden(from, to);
    }
  }
  bool numbers = (from.is_integer() && to.is_numeric()) || (from.is_decimal() && to.is_decimal()) ||
                 (from.is_float() && to.is_float());
  return numbers &&
         plan::SafetyOfCast(from.AsRequired(), to.AsRequired()) == plan::CastSafety::kSafe;
}

Conversion TryConvert(const ExprPtr& expr, const DataType& target) {
  const DataType& from = expr->type;
  if (from.is_error() || target.is_error()) return Done(expr);
  if (from.is(TypeKind::kNull)) {
    if (!target.optional()) return Failed(Misfit::kNull, expr);
    if (expr->kind != ExprKind::kLiteral && HasBranches(*expr))
      return ConvertBranches(expr, target);
    return Done(plan::MakeLiteral(Value::Null(target), expr->span));
  }
  bool fits_null = target.optional() || !from.optional();
  if (from.SameBase(target) && fits_null) return Done(Retyped(expr, target));
  if (expr->kind == ExprKind::kLiteral && !expr->value.is_null()) {
    return ConvertLiteral(expr, target);
  }
  if (std::optional<Conversion> form = ConvertForm(expr, target)) return *std::move(form);
  if (!WidensTo(from, target)) return Failed(Misfit::kType, expr);
  if (!fits_null) return Failed(Misfit::kNull, expr);
  DataType type = target.WithOptional(from.optional());
  ExprPtr cast = plan::MakeUnary(ExprKind::kCast, type, expr, expr->span);
  return Done(Retyped(cast, target));
}

DataType CommonInteger(const DataType& a, const DataType& b) {
  if (a.is_signed_integer() == b.is_signed_integer()) {
    return (a.integer_bits() >= b.integer_bits() ? a : b).AsRequired();
  }
  const DataType& with_sign = a.is_signed_integer() ? a : b;
  const DataType& without = a.is_signed_integer() ? b : a;
  int bits = std::max(with_sign.integer_bits(), without.integer_bits() * 2);
  if (bits <= 16) return DataType::Of(TypeKind::kInt16);
  if (bits <= 32) return DataType::Of(TypeKind::kInt32);
  return DataType::Int64();
}

namespace {

std::optional<DataType> CommonDecimal(const DataType& a, const DataType& b) {
  DataType left = a.is_integer() ? DecimalForInteger(a) : a;
  DataType right = b.is_integer() ? DecimalForInteger(b) : b;
  int scale = std::max(left.scale(), right.scale());
  int whole = std::max(left.precision() - left.scale(), right.precision() - right.scale());
  if (whole + scale > kMaxDecimalPrecision) return std::nullopt;
  return DataType::Decimal(whole + scale, scale);
}

std::optional<DataType> CommonNumber(const DataType& a, const DataType& b) {
  if (a.is_float() || b.is_float()) {
    if (a.is_decimal() || b.is_decimal()) return std::nullopt;
    bool single = a.is(TypeKind::kFloat32) && b.is(TypeKind::kFloat32);
    return DataType::Of(single ? TypeKind::kFloat32 : TypeKind::kFloat64);
  }
  if (a.is_decimal() || b.is_decimal()) return CommonDecimal(a, b);
  DataType common = CommonInteger(a, b);
  if (WidensTo(a, common) && WidensTo(b, common)) return common;
  return CommonDecimal(a, b);  // uint64 with a signed type
}

std::optional<DataType> CommonBase(const DataType& a, const DataType& b) {
  if (a.is_error() || b.is_error()) return DataType::Error();
  if (a.is(TypeKind::kNull)) return b.AsOptional();
  if (b.is(TypeKind::kNull)) return a.AsOptional();
  if (a.SameBase(b)) return a.AsRequired();
  if (a.is_numeric() && b.is_numeric()) return CommonNumber(a, b);
  if (a.is(TypeKind::kEnum) && b.is(TypeKind::kEnum)) return DataType::String();
  if (a.is(TypeKind::kList) && b.is(TypeKind::kList)) {
    std::optional<DataType> element = CommonTypeOf(a.element(), b.element());
    if (!element) return std::nullopt;
    return DataType::List(*element);
  }
  if (WidensTo(a, b)) return b.AsRequired();
  if (WidensTo(b, a)) return a.AsRequired();
  return std::nullopt;
}

}  // namespace

std::optional<DataType> CommonTypeOf(const DataType& a, const DataType& b) {
  std::optional<DataType> common = CommonBase(a, b);
  if (common && (a.optional() || b.optional())) common = common->AsOptional();
  return common;
}

}  // namespace weir::semantic
