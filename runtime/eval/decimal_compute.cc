#include "runtime/eval/decimal_compute.h"

#include <algorithm>

#include "runtime/eval/wide_integer.h"
#include "runtime/types/decimal.h"

namespace weir {
namespace {

using plan::ArithOp;

/// Sign and magnitude.
struct Signed256 {
  bool negative = false;
  UInt256 magnitude;
};

UInt128 Magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

bool InPrecision(Int128 value, int precision) {
  Int128 bound = PowerOfTen(precision);
  return value > -bound && value < bound;
}

bool ScaleUp(Int128 value, int digits, Int128* out) {
  return digits == 0 ? (*out = value, true)
                     : !__builtin_mul_overflow(value, PowerOfTen(digits), out);
}

bool ScaleUp(Int128 value, int digits, Signed256* out) {
  out->negative = value < 0;
  out->magnitude = UInt256::Of(Magnitude(value));
  for (; digits > 0; digits -= 38) {
    UInt128 factor = static_cast<UInt128>(PowerOfTen(std::min(digits, 38)));
    if (!MultiplyChecked(out->magnitude, factor, &out->magnitude)) return false;
  }
  return true;
}

Signed256 Sum(const Signed256& a, const Signed256& b) {
  if (a.negative == b.negative) return {a.negative, a.magnitude + b.magnitude};
  if (a.magnitude < b.magnitude) return {b.negative, b.magnitude - a.magnitude};
  return {a.negative, a.magnitude - b.magnitude};
}

/// round(value / divisor), half away from zero; false beyond `precision` digits.
bool DivideRounded(const Signed256& value, const UInt256& divisor, int precision, Int128* out) {
  UInt256 quotient, remainder;
  Divide(value.magnitude, divisor, &quotient, &remainder);
  // remainder >= divisor / 2, written so that it can't overflow
  if (!(remainder < divisor - remainder)) quotient = quotient + UInt256::Of(1);
  if (quotient.high != 0 || quotient.low >= static_cast<UInt128>(PowerOfTen(precision))) {
    return false;
  }
  *out = static_cast<Int128>(quotient.low);
  if (value.negative) *out = -*out;
  return true;
}

/// round(value / 10^digits) in 128 bits.
Int128 ScaleDownRounded(Int128 value, int digits) {
  if (digits == 0) return value;
  Int128 divisor = PowerOfTen(digits);
  Int128 quotient = value / divisor;
  Int128 remainder = value % divisor;
  if (remainder < 0) remainder = -remainder;
  if (remainder >= divisor - remainder) quotient += value < 0 ? -1 : 1;
  return quotient;
}

}  // namespace

bool DecimalOperation::Apply(Int128 left, Int128 right, Int128* out) const {
  *out = 0;
  if ((op == ArithOp::kDivide || op == ArithOp::kModulo) && right == 0) return false;
  if (ApplyNarrow(left, right, out)) return InPrecision(*out, result_precision);
  *out = 0;
  return ApplyWide(left, right, out);
}

/// In 128 bits; false when they don't suffice.
bool DecimalOperation::ApplyNarrow(Int128 left, Int128 right, Int128* out) const {
  int scale = std::max(left_scale, right_scale);
  Int128 a = 0, b = 0, exact = 0;
  switch (op) {
    case ArithOp::kAdd:
    case ArithOp::kSubtract:
      if (!ScaleUp(left, scale - left_scale, &a) || !ScaleUp(right, scale - right_scale, &b)) {
        return false;
      }
      if (op == ArithOp::kAdd ? __builtin_add_overflow(a, b, &exact)
                              : __builtin_sub_overflow(a, b, &exact)) {
        return false;
      }
      break;
    case ArithOp::kMultiply:
      scale = left_scale + right_scale;
      if (__builtin_mul_overflow(left, right, &exact)) return false;
      break;
    case ArithOp::kDivide: {
      int shift = result_scale - left_scale + right_scale;
      if (shift < 0 || shift > 38 || !ScaleUp(left, shift, &a)) return false;
      Int128 quotient = a / right;
      Int128 remainder = a % right;
      UInt128 rest = Magnitude(remainder);
      if (rest >= Magnitude(right) - rest) quotient += (a < 0) == (right < 0) ? 1 : -1;
      *out = quotient;
      return true;
    }
    case ArithOp::kModulo:
      if (!ScaleUp(left, scale - left_scale, &a) || !ScaleUp(right, scale - right_scale, &b)) {
        return false;
      }
      exact = b == -1 ? 0 : a % b;
      break;
  }
  if (scale > result_scale) {
    if (scale - result_scale > 38) return false;
    *out = ScaleDownRounded(exact, scale - result_scale);
    return true;
  }
  return ScaleUp(exact, result_scale - scale, out);
}

// In 256 bits. They hold every sum and product; a quotient of more than 76 digits before rounding
// is reported as out of range.
bool DecimalOperation::ApplyWide(Int128 left, Int128 right, Int128* out) const {
  int scale = std::max(left_scale, right_scale);
  Signed256 a, b, exact;
  switch (op) {
    case ArithOp::kAdd:
    case ArithOp::kSubtract:
      if (!ScaleUp(left, scale - left_scale, &a) || !ScaleUp(right, scale - right_scale, &b)) {
        return false;
      }
      if (op == ArithOp::kSubtract) b.negative = !b.negative;
      exact = Sum(a, b);
      break;
    case ArithOp::kMultiply:
      scale = left_scale + right_scale;
      exact = {(left < 0) != (right < 0), Multiply(Magnitude(left), Magnitude(right))};
      break;
    case ArithOp::kDivide: {
      int shift = result_scale - left_scale + right_scale;
      if (!ScaleUp(left, std::max(shift, 0), &a) || !ScaleUp(right, std::max(-shift, 0), &b)) {
        return false;
      }
      a.negative = a.negative != b.negative;
      return DivideRounded(a, b.magnitude, result_precision, out);
    }
    case ArithOp::kModulo: {
      if (!ScaleUp(left, scale - left_scale, &a) || !ScaleUp(right, scale - right_scale, &b)) {
        return false;
      }
      UInt256 quotient;
      exact.negative = a.negative;
      Divide(a.magnitude, b.magnitude, &quotient, &exact.magnitude);
      break;
    }
  }
  int drop = scale - result_scale;
  if (drop < 0) {
    return exact.magnitude.high == 0 && (exact.magnitude.low >> 127) == 0 &&
           ScaleUp(static_cast<Int128>(exact.magnitude.low), -drop, out) &&
           InPrecision(*out, result_precision) && (*out = exact.negative ? -*out : *out, true);
  }
  UInt256 divisor = UInt256::Of(static_cast<UInt128>(PowerOfTen(std::min(drop, 38))));
  if (drop > 38) {
    divisor = Multiply(divisor.low, static_cast<UInt128>(PowerOfTen(drop - 38)));
  }
  return DivideRounded(exact, divisor, result_precision, out);
}

int CompareDecimals(Int128 left, int left_scale, Int128 right, int right_scale) {
  auto sign = [](Int128 value) { return value < 0 ? -1 : value > 0 ? 1 : 0; };
  Int128 scaled = 0;
  if (left_scale < right_scale) {
    // Beyond 128 bits it is larger than anything on the other side.
    if (!ScaleUp(left, right_scale - left_scale, &scaled)) return sign(left);
    return scaled < right ? -1 : scaled > right ? 1 : 0;
  }
  if (!ScaleUp(right, left_scale - right_scale, &scaled)) return -sign(right);
  return left < scaled ? -1 : left > scaled ? 1 : 0;
}

}  // namespace weir
