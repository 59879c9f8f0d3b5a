// Integers, floats, booleans, decimals.
#include <limits>

#include "runtime/base/int128.h"
#include "runtime/format/native/fixed_native_column.h"
#include "runtime/format/native/make_native_column.h"

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

/// Between integers of any width and sign.
template <typename In, typename Out>
struct NarrowInteger {
  bool operator()(In value, Out& out) const {
    out = static_cast<Out>(value);
    const bool sign_kept = (value < In{0}) == (out < Out{0});
    return static_cast<In>(out) == value && sign_kept;
  }
};

template <typename In, typename Out>
NativeColumnPtr Narrowed(const ClickhouseType& to) {
  return MakeFixedNativeColumn<In, Out>(to.text, NarrowInteger<In, Out>());
}

template <typename In>
NativeColumnPtr IntegerColumn(const ClickhouseType& to) {
  const bool is_signed = to.is(Kind::kInt);
  switch (to.bits) {
    case 8: return is_signed ? Narrowed<In, int8_t>(to) : Narrowed<In, uint8_t>(to);
    case 16: return is_signed ? Narrowed<In, int16_t>(to) : Narrowed<In, uint16_t>(to);
    case 32: return is_signed ? Narrowed<In, int32_t>(to) : Narrowed<In, uint32_t>(to);
    case 64: return is_signed ? Narrowed<In, int64_t>(to) : Narrowed<In, uint64_t>(to);
    default: return is_signed ? Narrowed<In, Int128>(to) : Narrowed<In, UInt128>(to);
  }
}

template <typename In>
NativeColumnPtr FloatColumn(const ClickhouseType& to) {
  const auto convert = [](In value, auto& out) {
    out = static_cast<std::remove_reference_t<decltype(out)>>(value);
    return true;
  };
  if (to.bits == 32) return MakeFixedNativeColumn<In, float>(to.text, convert);
  return MakeFixedNativeColumn<In, double>(to.text, convert);
}

/// Scales up, never down: digits are not lost.
template <typename In, typename Out>
struct Rescale {
  Int128 factor;
  Int128 limit;  ///< absolute values of the result stay below
  bool operator()(In value, Out& out) const {
    Int128 scaled = 0;
    if (__builtin_mul_overflow(static_cast<Int128>(value), factor, &scaled)) return false;
    out = static_cast<Out>(scaled);
    return scaled < limit && scaled > -limit;
  }
};

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

template <typename In>
NativeColumnPtr DecimalColumn(int from_scale, const ClickhouseType& to) {
  if (to.scale < from_scale || to.precision > 38 || to.precision < 1) return nullptr;
  const Int128 factor = PowerOfTen(to.scale - from_scale);
  const Int128 limit = PowerOfTen(to.precision);
  if (to.precision <= 9) {
    return MakeFixedNativeColumn<In, int32_t>(to.text, Rescale<In, int32_t>{factor, limit});
  }
  if (to.precision <= 18) {
    return MakeFixedNativeColumn<In, int64_t>(to.text, Rescale<In, int64_t>{factor, limit});
  }
  return MakeFixedNativeColumn<In, Int128>(to.text, Rescale<In, Int128>{factor, limit});
}

/// Loses digits; `flowc check` warns.
template <typename In>
NativeColumnPtr DecimalAsFloat(int scale, const ClickhouseType& to) {
  const auto divisor = static_cast<double>(PowerOfTen(scale));
  const auto convert = [divisor](In value, auto& out) {
    out = static_cast<std::remove_reference_t<decltype(out)>>(static_cast<double>(value) / divisor);
    return true;
  };
  if (to.bits == 32) return MakeFixedNativeColumn<In, float>(to.text, convert);
  return MakeFixedNativeColumn<In, double>(to.text, convert);
}

bool IsWhole(const DataType& from) { return from.is_integer() || from.is(TypeKind::kDuration); }

}  // namespace

NativeColumnPtr MakeNumberColumn(const DataType& from, const ClickhouseType& to) {
  const bool wide_unsigned = from.physical() == Physical::kUInt64;
  switch (to.kind) {
    case Kind::kInt:
    case Kind::kUInt:
      if (from.is(TypeKind::kBool)) return IntegerColumn<uint8_t>(to);
      if (!IsWhole(from)) return nullptr;
      return wide_unsigned ? IntegerColumn<uint64_t>(to) : IntegerColumn<int64_t>(to);
    case Kind::kFloat:
      if (from.is_float()) return FloatColumn<double>(to);
      if (from.physical() == Physical::kInt128) return DecimalAsFloat<Int128>(from.scale(), to);
      if (from.is_decimal()) return DecimalAsFloat<int64_t>(from.scale(), to);
      if (!from.is_integer()) return nullptr;
      return wide_unsigned ? FloatColumn<uint64_t>(to) : FloatColumn<int64_t>(to);
    case Kind::kBool: return from.is(TypeKind::kBool) ? Narrowed<uint8_t, uint8_t>(to) : nullptr;
    case Kind::kDecimal:
      if (from.physical() == Physical::kInt128) return DecimalColumn<Int128>(from.scale(), to);
      if (from.is_decimal()) return DecimalColumn<int64_t>(from.scale(), to);
      if (!from.is_integer()) return nullptr;
      return wide_unsigned ? DecimalColumn<uint64_t>(0, to) : DecimalColumn<int64_t>(0, to);
    default: return nullptr;
  }
}

}  // namespace weir
