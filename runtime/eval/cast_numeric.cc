// Numbers among themselves. What does not fit exactly fails; only integers and decimals to floats
// round, since a float is an approximation by its nature.
#include <cmath>

#include "runtime/eval/cast_loop.h"
#include "runtime/eval/integer_range.h"
#include "runtime/eval/numeric_read.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

template <typename From>
CastKernelPtr IntegerToInteger(const DataType& to) {
  if (to.physical() == Physical::kUInt64) {
    return MakeLoopCast<From, uint64_t>(to, [](From value, uint64_t* out) {
      *out = static_cast<uint64_t>(value);
      return value >= From{0};
    });
  }
  IntegerRange range = IntegerRange::Of(to);
  return MakeLoopCast<From, int64_t>(to, [range](From value, int64_t* out) {
    *out = static_cast<int64_t>(value);
    bool same = static_cast<From>(*out) == value && (*out >= 0 || std::is_signed_v<From>);
    return same & range.Contains(*out);
  });
}

double RoundTo(double value, const DataType& to) {
  return to.is(TypeKind::kFloat32) ? static_cast<double>(static_cast<float>(value)) : value;
}

template <typename From>
CastKernelPtr IntegerToFloat(const DataType& to) {
  bool narrow = to.is(TypeKind::kFloat32);
  return MakeLoopCast<From, double>(to, [narrow](From value, double* out) {
    *out = narrow ? static_cast<double>(static_cast<float>(value)) : static_cast<double>(value);
    return true;
  });
}

/// From an unscaled value (an integer has scale 0).
template <typename From, typename To>
CastKernelPtr ExactToDecimal(const DataType& from, const DataType& to) {
  int from_scale = from.scale(), to_scale = to.scale(), precision = to.precision();
  return MakeLoopCast<From, To>(to, [=](From value, To* out) {
    std::optional<Int128> scaled =
        RescaleExact(static_cast<Int128>(value), from_scale, to_scale, precision);
    *out = scaled ? static_cast<To>(*scaled) : To{0};
    return scaled.has_value();
  });
}

template <typename From>
CastKernelPtr DecimalToInteger(const DataType& from, const DataType& to) {
  int scale = from.scale();
  if (to.physical() == Physical::kUInt64) {
    return MakeLoopCast<From, uint64_t>(to, [scale](From value, uint64_t* out) {
      std::optional<Int128> whole = RescaleExact(value, scale, 0, kMaxDecimalPrecision);
      bool good = whole && *whole >= 0 && *whole <= Int128{UINT64_MAX};
      *out = good ? static_cast<uint64_t>(*whole) : 0;
      return good;
    });
  }
  IntegerRange range = IntegerRange::Of(to);
  return MakeLoopCast<From, int64_t>(to, [scale, range](From value, int64_t* out) {
    std::optional<Int128> whole = RescaleExact(value, scale, 0, kMaxDecimalPrecision);
    bool good = whole && *whole >= range.min && *whole <= range.max;
    *out = good ? static_cast<int64_t>(*whole) : 0;
    return good;
  });
}

template <typename From>
CastKernelPtr DecimalToFloat(const DataType& from, const DataType& to) {
  int scale = from.scale();
  return MakeLoopCast<From, double>(to, [scale, to](From value, double* out) {
    *out = RoundTo(DecimalToDouble(value, scale), to);
    return true;
  });
}

/// Whole numbers in range only; 2^63 and 2^64 are exact doubles.
CastKernelPtr FloatToInteger(const DataType& to) {
  if (to.physical() == Physical::kUInt64) {
    return MakeLoopCast<double, uint64_t>(to, [](double value, uint64_t* out) {
      bool good = value >= 0 && value < 0x1p64 && std::trunc(value) == value;
      *out = good ? static_cast<uint64_t>(value) : 0;
      return good;
    });
  }
  IntegerRange range = IntegerRange::Of(to);
  return MakeLoopCast<double, int64_t>(to, [range](double value, int64_t* out) {
    bool good = value >= -0x1p63 && value < 0x1p63 && std::trunc(value) == value;
    *out = good ? static_cast<int64_t>(value) : 0;
    return good && range.Contains(*out);
  });
}

/// By the shortest digits that read back as the same float: 0.1e0 is the decimal 0.1.
template <typename To>
CastKernelPtr FloatToDecimal(const DataType& from, const DataType& to) {
  bool narrow = from.is(TypeKind::kFloat32);
  int precision = to.precision(), scale = to.scale();
  return MakeLoopCast<double, To>(to, [=](double value, To* out) {
    std::string text;
    narrow ? AppendFloat32(value, text) : AppendFloat64(value, text);
    std::optional<Int128> unscaled = ParseDecimal(text, precision, scale);
    *out = unscaled ? static_cast<To>(*unscaled) : To{0};
    return unscaled.has_value();
  });
}

CastKernelPtr FloatToFloat(const DataType& to) {
  return MakeLoopCast<double, double>(to, [to](double value, double* out) {
    *out = RoundTo(value, to);
    return std::isfinite(*out) || !std::isfinite(value);
  });
}

template <typename From>
CastKernelPtr FromExact(const DataType& from, const DataType& to) {
  if (to.is_decimal()) {
    return to.physical() == Physical::kInt128 ? ExactToDecimal<From, Int128>(from, to)
                                              : ExactToDecimal<From, int64_t>(from, to);
  }
  if constexpr (!std::is_same_v<From, Int128>) {
    if (from.is_integer()) {
      return to.is_float() ? IntegerToFloat<From>(to) : IntegerToInteger<From>(to);
    }
  }
  return to.is_float() ? DecimalToFloat<From>(from, to) : DecimalToInteger<From>(from, to);
}

}  // namespace

CastKernelPtr MakeNumericCast(const DataType& from, const DataType& to) {
  if (!from.is_numeric() || !to.is_numeric()) return nullptr;
  switch (from.physical()) {
    case Physical::kInt64: return FromExact<int64_t>(from, to);
    case Physical::kUInt64: return FromExact<uint64_t>(from, to);
    case Physical::kInt128: return FromExact<Int128>(from, to);
    default: break;
  }
  if (to.is_integer()) return FloatToInteger(to);
  if (to.is_float()) return FloatToFloat(to);
  return to.physical() == Physical::kInt128 ? FloatToDecimal<Int128>(from, to)
                                            : FloatToDecimal<int64_t>(from, to);
}

}  // namespace weir
