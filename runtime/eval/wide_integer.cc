#include "runtime/eval/wide_integer.h"

namespace weir {

// Schoolbook on 64-bit halves (Knuth, TAOCP vol. 2, 4.3.1, Algorithm M).
UInt256 Multiply(UInt128 a, UInt128 b) {
  constexpr UInt128 kMask = ~uint64_t{0};
  UInt128 a0 = a & kMask, a1 = a >> 64;
  UInt128 b0 = b & kMask, b1 = b >> 64;
  UInt128 low = a0 * b0;
  UInt128 middle = a1 * b0 + (low >> 64);
  UInt128 carry = middle >> 64;
  middle = (middle & kMask) + a0 * b1;
  return {a1 * b1 + carry + (middle >> 64), (middle << 64) | (low & kMask)};
}

bool MultiplyChecked(const UInt256& a, UInt128 b, UInt256* out) {
  UInt256 low = Multiply(a.low, b);
  UInt256 high = Multiply(a.high, b);
  UInt128 sum = low.high + high.low;
  *out = {sum, low.low};
  return high.high == 0 && sum >= low.high;
}

// Shift and subtract, a bit at a time; 128-bit operands take the machine's division.
void Divide(const UInt256& dividend, const UInt256& divisor, UInt256* quotient,
            UInt256* remainder) {
  if (dividend.high == 0 && divisor.high == 0) {
    *quotient = UInt256::Of(dividend.low / divisor.low);
    *remainder = UInt256::Of(dividend.low % divisor.low);
    return;
  }
  *quotient = {};
  *remainder = {};
  for (int bit = 255; bit >= 0; --bit) {
    bool carry = remainder->top_bit();
    *remainder = remainder->Doubled();
    UInt128 word = bit >= 128 ? dividend.high : dividend.low;
    if ((word >> (bit & 127)) & 1) remainder->low |= 1;
    *quotient = quotient->Doubled();
    if (carry || !(*remainder < divisor)) {
      *remainder = *remainder - divisor;
      quotient->low |= 1;
    }
  }
}

}  // namespace weir
