#pragma once

#include "runtime/base/int128.h"

namespace weir {

/// Unsigned 256 bits: intermediate results of decimal arithmetic that 128 bits can't hold. Slow and
/// rare; the common cases never get here.
struct UInt256 {
  UInt128 high = 0;
  UInt128 low = 0;

  static UInt256 Of(UInt128 value) { return {0, value}; }
  bool is_zero() const { return high == 0 && low == 0; }
  bool top_bit() const { return (high >> 127) != 0; }

  friend bool operator==(const UInt256& a, const UInt256& b) {
    return a.high == b.high && a.low == b.low;
  }
  friend bool operator<(const UInt256& a, const UInt256& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
  friend UInt256 operator+(const UInt256& a, const UInt256& b) {
    UInt128 low = a.low + b.low;
    return {a.high + b.high + (low < a.low ? 1 : 0), low};
  }
  friend UInt256 operator-(const UInt256& a, const UInt256& b) {
    return {a.high - b.high - (a.low < b.low ? 1 : 0), a.low - b.low};
  }
  UInt256 Doubled() const { return {(high << 1) | (low >> 127), low << 1}; }
  UInt256 Halved() const { return {high >> 1, (low >> 1) | (high << 127)}; }
};

/// a * b, all 256 bits.
UInt256 Multiply(UInt128 a, UInt128 b);

/// a * b; false when it does not fit.
bool MultiplyChecked(const UInt256& a, UInt128 b, UInt256* out);

/// Quotient and remainder; `divisor` is not zero.
void Divide(const UInt256& dividend, const UInt256& divisor, UInt256* quotient, UInt256* remainder);

}  // namespace weir
