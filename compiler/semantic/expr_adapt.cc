#include <cmath>
#include <limits>
#include <string>

#include "compiler/semantic/expr_convert.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir::semantic {
namespace {

constexpr int64_t kMicrosPerDay = int64_t{86400} * 1000000;

Adapted Fits(Value value) { return {std::move(value), Misfit::kNone}; }
Adapted Fails(Misfit misfit) { return {std::nullopt, misfit}; }

template <typename T>
Adapted FitsIf(const std::optional<T>& parsed, const DataType& target) {
  if (!parsed) return Fails(Misfit::kText);
  return Fits(Value(target, *parsed));
}

Adapted AdaptInteger(Int128 number, const DataType& target) {
  if (target.is_float()) return Fits(Value(target, static_cast<double>(number)));
  if (target.is_decimal()) {
    std::optional<Int128> unscaled = RescaleExact(number, 0, target.scale(), target.precision());
    if (!unscaled) return Fails(Misfit::kRange);
    return Fits(Value::Decimal(*unscaled, target.precision(), target.scale()));
  }
  if (!target.is_integer()) return Fails(Misfit::kType);
  const int bits = target.integer_bits();
  const Int128 one = 1;
  const bool is_signed = target.is_signed_integer();
  const Int128 low = is_signed ? -(one << (bits - 1)) : Int128{0};
  const Int128 high = is_signed ? (one << (bits - 1)) - 1 : (one << bits) - 1;
  if (number < low || number > high) return Fails(Misfit::kRange);
  if (target.is(TypeKind::kUInt64)) return Fits(Value(target, static_cast<uint64_t>(number)));
  return Fits(Value(target, static_cast<int64_t>(number)));
}

Adapted AdaptDecimal(const Value& value, const DataType& target) {
  const int scale = value.type().scale();
  if (target.is_float()) {
    std::string text = FormatDecimal(value.as_int128(), scale);
    std::optional<double> number = ParseFloat64(text);
    if (!number) return Fails(Misfit::kRange);
    bool single = target.is(TypeKind::kFloat32);
    return Fits(Value(target, single ? static_cast<double>(static_cast<float>(*number)) : *number));
  }
  if (!target.is_decimal()) return Fails(Misfit::kType);
  std::optional<Int128> unscaled =
      RescaleExact(value.as_int128(), scale, target.scale(), target.precision());
  if (!unscaled) return Fails(Misfit::kRange);
  return Fits(Value::Decimal(*unscaled, target.precision(), target.scale()));
}

Adapted AdaptString(const std::string& text, const DataType& target) {
  switch (target.kind()) {
    case TypeKind::kEnum: return FitsIf(target.EnumCode(text), target);
    case TypeKind::kUuid: return FitsIf(ParseUuid(text), target);
    case TypeKind::kIpv4: return FitsIf(ParseIpv4(text), target);
    case TypeKind::kIpv6: return FitsIf(ParseIpv6(text), target);
    case TypeKind::kTimestamp: return FitsIf(ParseTimestamp(text), target);
    case TypeKind::kDate: return FitsIf(ParseDate(text), target);
    case TypeKind::kDuration: return FitsIf(ParseDuration(text), target);
    case TypeKind::kBytes: return Fits(Value(target, text));
    default: return Fails(Misfit::kType);
  }
}

Adapted AdaptTime(const Value& value, const DataType& target) {
  if (value.type().is(TypeKind::kTimestamp) && target.is(TypeKind::kDate) &&
      value.as_int64() % kMicrosPerDay == 0) {
    return Fits(Value(target, value.as_int64() / kMicrosPerDay));
  }
  if (value.type().is(TypeKind::kDate) && target.is(TypeKind::kTimestamp)) {
    return Fits(Value(target, value.as_int64() * kMicrosPerDay));
  }
  return Fails(Misfit::kType);
}

Adapted AdaptFloat(double number, const DataType& target) {
  if (target.is(TypeKind::kFloat64)) return Fits(Value(target, number));
  if (!target.is(TypeKind::kFloat32)) return Fails(Misfit::kType);
  if (std::isfinite(number) && std::abs(number) > std::numeric_limits<float>::max()) {
    return Fails(Misfit::kRange);
  }
  return Fits(Value(target, static_cast<double>(static_cast<float>(number))));
}

}  // namespace

Adapted AdaptValue(const Value& value, const DataType& target) {
  const DataType to = target.AsRequired();
  const DataType& from = value.type();
  if (from.SameBase(to)) return Fits(value.WithType(to));
  if (to.is(TypeKind::kJson)) return Fits(Value(to, value.ToJson()));
  if (from.is(TypeKind::kUInt64)) return AdaptInteger(static_cast<Int128>(value.as_uint64()), to);
  if (from.is_integer()) return AdaptInteger(value.as_int64(), to);
  if (from.is_decimal()) return AdaptDecimal(value, to);
  if (from.is_float()) return AdaptFloat(value.as_float64(), to);
  if (from.is(TypeKind::kString)) return AdaptString(value.as_string(), to);
  if (from.is(TypeKind::kEnum)) {
    const std::string& text = from.enum_values()[value.as_code()];
    if (to.is(TypeKind::kString)) return Fits(Value(to, text));
    if (to.is(TypeKind::kEnum)) return AdaptString(text, to);
    return Fails(Misfit::kType);
  }
  return AdaptTime(value, to);
}

Value DecimalOfInteger(const Value& value) {
  const Int128 number = value.as_int128();
  int digits = 1;
  for (Int128 rest = number / 10; rest != 0; rest /= 10) ++digits;
  return Value::Decimal(number, digits, 0);
}

}  // namespace weir::semantic
