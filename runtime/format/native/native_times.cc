// Dates and times.
#include "runtime/base/clock.h"
#include "runtime/format/native/fixed_native_column.h"
#include "runtime/format/native/make_native_column.h"

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

// What DateTime64 and Date32 can show: 1900-01-01 … 2299-12-31.
constexpr int64_t kFirstDay = -25'567, kLastDay = 120'529;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr Micros kFirstMicros = kFirstDay * kSecondsPerDay * kMicrosPerSecond;
constexpr Micros kEndMicros = (kLastDay + 1) * kSecondsPerDay * kMicrosPerSecond;

int64_t FloorDivide(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

/// Ticks of 10^-scale seconds; finer digits than the column has are cut.
struct ToTicks {
  int64_t multiply = 1, divide = 1;
  bool operator()(int64_t micros, int64_t& ticks) const {
    if (micros < kFirstMicros || micros >= kEndMicros) return false;
    return !__builtin_mul_overflow(FloorDivide(micros, divide), multiply, &ticks);
  }
};

NativeColumnPtr DateTime64Column(const ClickhouseType& to) {
  if (to.scale < 0 || to.scale > 9) return nullptr;
  ToTicks convert;
  for (int scale = to.scale; scale < 6; ++scale) convert.divide *= 10;
  for (int scale = to.scale; scale > 6; --scale) convert.multiply *= 10;
  return MakeFixedNativeColumn<int64_t, int64_t>(to.text, convert);
}

}  // namespace

NativeColumnPtr MakeTimeColumn(const DataType& from, const ClickhouseType& to) {
  if (from.is(TypeKind::kTimestamp) && to.is(Kind::kDateTime64)) return DateTime64Column(to);
  if (from.is(TypeKind::kTimestamp) && to.is(Kind::kDateTime)) {
    return MakeFixedNativeColumn<int64_t, uint32_t>(to.text, [](int64_t micros, uint32_t& out) {
      const int64_t seconds = FloorDivide(micros, kMicrosPerSecond);
      out = static_cast<uint32_t>(seconds);
      return seconds == int64_t{out};
    });
  }
  if (from.is(TypeKind::kDate) && to.is(Kind::kDate)) {
    return MakeFixedNativeColumn<int64_t, uint16_t>(to.text, [](int64_t days, uint16_t& out) {
      out = static_cast<uint16_t>(days);
      return days == int64_t{out};
    });
  }
  if (from.is(TypeKind::kDate) && to.is(Kind::kDate32)) {
    return MakeFixedNativeColumn<int64_t, int32_t>(to.text, [](int64_t days, int32_t& out) {
      out = static_cast<int32_t>(days);
      return days >= kFirstDay && days <= kLastDay;
    });
  }
  return nullptr;
}

}  // namespace weir
