#include "runtime/types/decimal.h"

#include <algorithm>
#include <array>

#include "runtime/base/check.h"

namespace weir {
namespace {

constexpr std::array<Int128, kMaxDecimalPrecision + 1> MakePowersOfTen() {
  std::array<Int128, kMaxDecimalPrecision + 1> powers{};
  Int128 power = 1;
  for (size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}

constexpr auto kPowersOfTen = MakePowersOfTen();

bool Fits(Int128 unscaled, int precision) {
  const Int128 limit = kPowersOfTen[static_cast<size_t>(precision)];
  return unscaled < limit && unscaled > -limit;
}

/// unscaled * 10^digits when it fits `precision`.
std::optional<Int128> ScaleUp(Int128 unscaled, int digits, int precision) {
  if (unscaled == 0) return unscaled;
  Int128 result = 0;
  if (digits > kMaxDecimalPrecision ||
      __builtin_mul_overflow(unscaled, PowerOfTen(digits), &result) || !Fits(result, precision)) {
    return std::nullopt;
  }
  return result;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// The pieces of `-12.50e3`.
struct DecimalParts {
  bool negative = false;
  std::string_view integer;
  std::string_view fraction;
  int exponent = 0;
};

std::string_view TakeDigits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool TakeSign(std::string_view& text, bool allow_plus) {
  if (text.empty() || !(text[0] == '-' || (allow_plus && text[0] == '+'))) return false;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  return negative;
}

std::optional<int> TakeExponent(std::string_view& text) {
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return 0;
  text.remove_prefix(1);
  const bool negative = TakeSign(text, /*allow_plus=*/true);
  const std::string_view digits = TakeDigits(text);
  if (digits.empty()) return std::nullopt;
  int exponent = 0;
  for (const char digit : digits) exponent = std::min(exponent * 10 + (digit - '0'), 1'000'000);
  return negative ? -exponent : exponent;
}

std::optional<DecimalParts> Split(std::string_view text) {
  DecimalParts parts;
  parts.negative = TakeSign(text, /*allow_plus=*/false);
  parts.integer = TakeDigits(text);
  if (parts.integer.empty()) return std::nullopt;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    parts.fraction = TakeDigits(text);
    if (parts.fraction.empty()) return std::nullopt;
  }
  const std::optional<int> exponent = TakeExponent(text);
  if (!exponent || !text.empty()) return std::nullopt;
  parts.exponent = *exponent;
  return parts;
}

/// `value` followed by further digits.
UInt128 WithDigits(UInt128 value, std::string_view digits) {
  for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
  return value;
}

/// Leading and trailing zeros carry no digits: without them at most 38 digits remain, or the value
/// fits no decimal.
void Normalize(DecimalParts& parts) {
  while (!parts.fraction.empty() && parts.fraction.back() == '0') parts.fraction.remove_suffix(1);
  while (!parts.integer.empty() && parts.integer.front() == '0') parts.integer.remove_prefix(1);
  if (!parts.fraction.empty()) return;
  while (!parts.integer.empty() && parts.integer.back() == '0') {
    parts.integer.remove_suffix(1);
    ++parts.exponent;
  }
}

/// Spark's DecimalType.adjustPrecisionScale: when there are too many digits the fraction gives
/// way, but keeps at least 6.
DataType Adjusted(int precision, int scale, bool optional) {
  if (precision > kMaxDecimalPrecision) {
    const int integer_digits = precision - scale;
    scale = std::max(kMaxDecimalPrecision - integer_digits, std::min(scale, 6));
    precision = kMaxDecimalPrecision;
  }
  return DataType::Decimal(precision, scale).WithOptional(optional);
}

bool AnyOptional(const DataType& a, const DataType& b) { return a.optional() || b.optional(); }

}  // namespace

Int128 PowerOfTen(int exponent) {
  WEIR_CHECK(exponent >= 0 && exponent <= kMaxDecimalPrecision, "10^{}", exponent);
  return kPowersOfTen[static_cast<size_t>(exponent)];
}

std::optional<Int128> RescaleExact(Int128 unscaled, int from_scale, int to_scale, int precision) {
  if (to_scale >= from_scale) return ScaleUp(unscaled, to_scale - from_scale, precision);
  const Int128 divisor = PowerOfTen(from_scale - to_scale);
  const Int128 quotient = unscaled / divisor;
  if (quotient * divisor != unscaled || !Fits(quotient, precision)) return std::nullopt;
  return quotient;
}

std::optional<Int128> RescaleRounded(Int128 unscaled, int from_scale, int to_scale, int precision) {
  if (to_scale >= from_scale) return ScaleUp(unscaled, to_scale - from_scale, precision);
  const Int128 divisor = PowerOfTen(from_scale - to_scale);
  Int128 quotient = unscaled / divisor;
  const Int128 rest = unscaled % divisor;
  const Int128 half = divisor / 2;  // a power of ten above 1: even
  if (rest >= half) ++quotient;
  if (rest <= -half) --quotient;
  if (!Fits(quotient, precision)) return std::nullopt;
  return quotient;
}

std::optional<Int128> ParseDecimal(std::string_view text, int precision, int scale) {
  std::optional<DecimalParts> parts = Split(text);
  if (!parts) return std::nullopt;
  if (parts->integer.size() + parts->fraction.size() > 18) Normalize(*parts);
  std::string_view fraction = parts->fraction;
  const int fraction_digits = static_cast<int>(std::min<size_t>(fraction.size(), 1'000'000));
  if (parts->integer.empty()) {
    while (!fraction.empty() && fraction.front() == '0') fraction.remove_prefix(1);
  }
  if (parts->integer.size() + fraction.size() > kMaxDecimalPrecision) return std::nullopt;
  const auto magnitude = static_cast<Int128>(WithDigits(WithDigits(0, parts->integer), fraction));
  const Int128 unscaled = parts->negative ? -magnitude : magnitude;
  if (unscaled == 0) return unscaled;
  const int shift = scale - fraction_digits + parts->exponent;
  if (shift >= 0) return ScaleUp(unscaled, shift, precision);
  if (-shift > kMaxDecimalPrecision) return std::nullopt;
  return RescaleExact(unscaled, -shift, 0, precision);
}

void AppendDecimal(Int128 unscaled, int scale, std::string& out) {
  char buffer[48];
  char* const end = buffer + sizeof(buffer);
  char* cursor = end;
  const bool negative = unscaled < 0;
  UInt128 rest =
      negative ? UInt128{0} - static_cast<UInt128>(unscaled) : static_cast<UInt128>(unscaled);
  int written = 0;
  // 64-bit division is several times faster than 128-bit.
  constexpr uint64_t kChunk = 1'000'000'000'000'000'000;
  do {
    uint64_t chunk = static_cast<uint64_t>(rest > UINT64_MAX ? rest % kChunk : rest);
    const bool last = rest <= UINT64_MAX;
    rest = last ? 0 : rest / kChunk;
    for (int i = 0; last ? (chunk != 0 || written <= scale) : i < 18; ++i) {
      if (written == scale && scale > 0) *--cursor = '.';
      *--cursor = static_cast<char>('0' + chunk % 10);
      chunk /= 10;
      ++written;
    }
  } while (rest != 0);
  if (negative) *--cursor = '-';
  out.append(cursor, static_cast<size_t>(end - cursor));
}

std::string FormatDecimal(Int128 unscaled, int scale) {
  std::string out;
  AppendDecimal(unscaled, scale, out);
  return out;
}

DataType DecimalAddType(const DataType& a, const DataType& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int integer_digits = std::max(a.precision() - a.scale(), b.precision() - b.scale());
  return Adjusted(integer_digits + scale + 1, scale, AnyOptional(a, b));
}

DataType DecimalMultiplyType(const DataType& a, const DataType& b) {
  return Adjusted(a.precision() + b.precision() + 1, a.scale() + b.scale(), AnyOptional(a, b));
}

DataType DecimalDivideType(const DataType& a, const DataType& b) {
  const int scale = std::max(6, a.scale() + b.precision() + 1);
  return Adjusted(a.precision() - a.scale() + b.scale() + scale, scale, AnyOptional(a, b));
}

DataType DecimalModuloType(const DataType& a, const DataType& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int integer_digits = std::min(a.precision() - a.scale(), b.precision() - b.scale());
  return Adjusted(std::max(integer_digits + scale, 1), scale, AnyOptional(a, b));
}

DataType DecimalForInteger(const DataType& integer) {
  const auto digits = [&] {
    switch (integer.integer_bits()) {
      case 8: return 3;
      case 16: return 5;
      case 32: return 10;
      default: return 20;  // as Spark: also uint64 fits
    }
  };
  return DataType::Decimal(digits(), 0).WithOptional(integer.optional());
}

}  // namespace weir
