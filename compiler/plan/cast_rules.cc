#include "compiler/plan/cast_rules.h"

#include <algorithm>
#include <optional>

#include "runtime/types/decimal.h"

namespace weir::plan {
namespace {

CastSafety Weaker(CastSafety a, CastSafety b) { return std::min(a, b); }

CastSafety SafeIf(bool condition) { return condition ? CastSafety::kSafe : CastSafety::kFallible; }

bool IntegerFits(const DataType& from, const DataType& to) {
  if (from.is_signed_integer() && to.is_unsigned_integer()) return false;
  bool gains_sign = from.is_unsigned_integer() && to.is_signed_integer();
  return to.integer_bits() >= from.integer_bits() + (gains_sign ? 1 : 0);
}

bool DecimalFits(const DataType& from, const DataType& to) {
  return to.scale() >= from.scale() &&
         to.precision() - to.scale() >= from.precision() - from.scale();
}

CastSafety NumericSafety(const DataType& from, const DataType& to) {
  if (from.is_integer()) {
    if (to.is_integer()) return SafeIf(IntegerFits(from, to));
    if (to.is_float()) return CastSafety::kSafe;
    return SafeIf(DecimalFits(DecimalForInteger(from), to));
  }
  if (from.is_decimal()) {
    if (to.is_float()) return CastSafety::kSafe;
    return SafeIf(to.is_decimal() && DecimalFits(from, to));
  }
  return SafeIf(to.is_float() && (from.is(to.kind()) || to.is(TypeKind::kFloat64)));
}

CastSafety StructSafety(const DataType& from, const DataType& to) {
  CastSafety safety = CastSafety::kSafe;
  for (const StructField& field : to.fields()) {
    std::optional<int> index = from.FieldIndex(field.name);
    if (!index) {
      if (!field.type.optional()) return CastSafety::kNever;
      continue;
    }
    const DataType& source = from.fields()[static_cast<size_t>(*index)].type;
    safety = Weaker(safety, SafetyOfCast(source, field.type));
  }
  return safety;
}

CastSafety NestedSafety(const DataType& from, const DataType& to) {
  if (from.kind() != to.kind()) return CastSafety::kNever;
  switch (from.kind()) {
    case TypeKind::kList: return SafetyOfCast(from.element(), to.element());
    case TypeKind::kMap:
      return Weaker(SafetyOfCast(from.map_key(), to.map_key()),
                    SafetyOfCast(from.map_value(), to.map_value()));
    default: return StructSafety(from, to);
  }
}

CastSafety EnumSafety(const DataType& from, const DataType& to) {
  if (!to.is(TypeKind::kEnum)) return CastSafety::kNever;
  const auto& values = from.enum_values();
  return SafeIf(std::all_of(values.begin(), values.end(),
                            [&](const std::string& value) { return to.EnumCode(value); }));
}

CastSafety BaseSafety(const DataType& from, const DataType& to) {
  if (from.is_error() || to.is_error() || from.SameBase(to)) return CastSafety::kSafe;
  if (from.is(TypeKind::kNull)) return SafeIf(to.optional());
  if (to.is(TypeKind::kNull)) return CastSafety::kNever;
  if (to.is(TypeKind::kJson)) return CastSafety::kSafe;
  if (from.is(TypeKind::kJson)) return CastSafety::kFallible;
  if (to.is(TypeKind::kString)) {
    return from.is_nested() ? CastSafety::kNever : CastSafety::kSafe;
  }
  if (from.is(TypeKind::kString)) {
    return to.is_nested() ? CastSafety::kNever : CastSafety::kFallible;
  }
  if (from.is_numeric() && to.is_numeric()) return NumericSafety(from, to);
  if (from.is_nested() || to.is_nested()) return NestedSafety(from, to);
  if (from.is(TypeKind::kTimestamp) && to.is(TypeKind::kDate)) return CastSafety::kSafe;
  if (from.is(TypeKind::kDate) && to.is(TypeKind::kTimestamp)) return CastSafety::kSafe;
  if (from.is(TypeKind::kEnum)) return EnumSafety(from, to);
  return CastSafety::kNever;
}

}  // namespace

CastSafety SafetyOfCast(const DataType& from, const DataType& to) {
  CastSafety safety = BaseSafety(from.AsRequired(), to);
  if (safety == CastSafety::kSafe && from.optional() && !to.optional() && !to.is_error()) {
    return CastSafety::kFallible;
  }
  return safety;
}

}  // namespace weir::plan
