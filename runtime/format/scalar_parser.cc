#include "runtime/format/scalar_parser.h"

#include <fmt/format.h>
#include <smmintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

/// 16 hex digits to 8 bytes; false when one is not a hex digit. Nibbles are paired by a
/// multiply-add, as in D. Lemire and W. Mula, "Faster Base64 Encoding and Decoding".
bool HexToBytes(__m128i text, uint64_t& bytes) {
  const __m128i digit = _mm_sub_epi8(text, _mm_set1_epi8('0'));
  const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
  const __m128i letter = _mm_sub_epi8(_mm_or_si128(text, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
  const __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
  if (_mm_movemask_epi8(_mm_or_si128(is_digit, is_letter)) != 0xffff) return false;
  const __m128i nibbles = _mm_blendv_epi8(_mm_add_epi8(letter, _mm_set1_epi8(10)), digit, is_digit);
  const __m128i pairs = _mm_maddubs_epi16(nibbles, _mm_set1_epi16(0x0110));
  const __m128i packed = _mm_packus_epi16(pairs, pairs);
  bytes = __builtin_bswap64(static_cast<uint64_t>(_mm_cvtsi128_si64(packed)));
  return true;
}

/// 8-4-4-4-12 hex digits.
bool ParseUuidText(std::string_view text, Fixed16* cell) {
  if (text.size() != 36) return false;
  const char* p = text.data();
  if (p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-') return false;
  const auto load = [p](int at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + at));
  };
  const __m128i high = _mm_or_si128(
      _mm_shuffle_epi8(load(0),
                       _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, -1, -1)),
      _mm_shuffle_epi8(
          load(2), _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 14, 15)));
  const __m128i low = _mm_or_si128(
      _mm_shuffle_epi8(load(19),
                       _mm_setr_epi8(0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1)),
      _mm_shuffle_epi8(
          load(20), _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 15)));
  return HexToBytes(high, cell->high) && HexToBytes(low, cell->low);
}

/// Four numbers of one to three digits without leading zeros.
bool ParseIpv4Text(std::string_view text, int64_t* cell) {
  int64_t address = 0;
  const char* p = text.data();
  const char* end = p + text.size();
  for (int part = 0; part < 4; ++part) {
    unsigned value = 0;
    const char* start = p;
    while (p < end && p - start < 3 && static_cast<unsigned>(*p - '0') <= 9) {
      value = value * 10 + static_cast<unsigned>(*p++ - '0');
    }
    if (p == start || value > 255 || (*start == '0' && p - start > 1)) return false;
    address = address << 8 | value;
    if (part == 3) break;
    if (p == end || *p++ != '.') return false;
  }
  if (p != end) return false;
  *cell = address;
  return true;
}

/// Two decimal digits, or a negative number.
int TwoDigits(const char* p) {
  const unsigned tens = static_cast<unsigned>(p[0] - '0');
  const unsigned ones = static_cast<unsigned>(p[1] - '0');
  return tens > 9 || ones > 9 ? -1 : static_cast<int>(tens * 10 + ones);
}

/// `HH:MM:SS[.f{1,6}]Z`; none for every other form.
bool ParseClock(std::string_view text, int64_t& micros) {
  const char* p = text.data();
  if (text.size() < 9 || p[2] != ':' || p[5] != ':' || text.back() != 'Z') return false;
  const int hour = TwoDigits(p), minute = TwoDigits(p + 3), second = TwoDigits(p + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  int64_t fraction = 0;
  if (text.size() > 9) {
    const size_t digits = text.size() - 10;
    if (p[8] != '.' || digits < 1 || digits > 6) return false;
    for (size_t i = 0; i < 6; ++i) {
      const unsigned digit = i < digits ? static_cast<unsigned>(p[9 + i] - '0') : 0;
      if (digit > 9) return false;
      fraction = fraction * 10 + digit;
    }
  }
  micros = ((hour * 60 + minute) * 60 + second) * int64_t{1'000'000} + fraction;
  return true;
}

template <typename T>
bool Store(std::optional<T> value, void* cell) {
  if (!value.has_value()) return false;
  *static_cast<T*>(cell) = *value;
  return true;
}

void SetIntegerRange(const DataType& type, int64_t& min, int64_t& max) {
  if (!type.is_integer() || type.is(TypeKind::kUInt64)) return;
  const int bits = type.integer_bits();
  if (type.is_unsigned_integer()) {
    max = (int64_t{1} << bits) - 1;
  } else if (bits == 64) {
    min = std::numeric_limits<int64_t>::min();
    max = std::numeric_limits<int64_t>::max();
  } else {
    min = -(int64_t{1} << (bits - 1));
    max = (int64_t{1} << (bits - 1)) - 1;
  }
}

/// What the user wrote, short enough for a message.
std::string Shown(std::string_view text) {
  constexpr size_t kMost = 40;
  if (text.size() <= kMost) return std::string(text);
  size_t cut = kMost;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return std::string(text.substr(0, cut)) + "…";
}

bool IsInteger(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// `-12.5e3`.
bool IsDecimalNumber(std::string_view text) {
  const auto pass_digits = [&text] {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    return digits > 0;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!pass_digits()) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!pass_digits()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (!pass_digits()) return false;
  }
  return text.empty();
}

}  // namespace

std::string_view IndefiniteArticle(std::string_view noun) {
  // By sound: a uuid, a uint8, an EventType.
  if (noun.empty() || noun.starts_with("u") || noun.starts_with("U")) return "a";
  return std::string_view("aeioAEIO").find(noun[0]) == std::string_view::npos ? "a" : "an";
}

ScalarParser::ScalarParser(DataType type) : type_(std::move(type)), kind_(type_.kind()) {
  SetIntegerRange(type_, min_, max_);
  if (kind_ == TypeKind::kEnum) {
    enum_values_ = type_.enum_values();
    ignore_case_ = type_.ignore_case();
  }
}

bool ScalarParser::Parse(std::string_view text, void* cell) {
  switch (kind_) {
    case TypeKind::kUuid: return ParseUuidText(text, static_cast<Fixed16*>(cell));
    case TypeKind::kTimestamp: return ParseTime(text, static_cast<int64_t*>(cell));
    case TypeKind::kEnum: return ParseEnum(text, static_cast<uint16_t*>(cell));
    case TypeKind::kIpv4: return ParseIpv4Text(text, static_cast<int64_t*>(cell));
    case TypeKind::kIpv6: return Store(ParseIpv6(text), cell);
    case TypeKind::kDate: return Store(ParseDate(text), cell);
    case TypeKind::kDuration: return Store(ParseDuration(text), cell);
    case TypeKind::kDecimal: return ParseExactDecimal(text, cell);
    case TypeKind::kFloat32:
    case TypeKind::kFloat64: return ParseFloat(text, static_cast<double*>(cell));
    case TypeKind::kBool:
      if (text != "true" && text != "false") return false;
      *static_cast<uint8_t*>(cell) = text == "true" ? 1 : 0;
      return true;
    default: return type_.is_integer() && ParseInteger(text, cell);
  }
}

bool ScalarParser::ParseTime(std::string_view text, int64_t* cell) {
  int64_t clock = 0;
  if (text.size() < 20 || text[10] != 'T' || !ParseClock(text.substr(11), clock)) {
    return Store(ParseTimestamp(text), cell);
  }
  if (std::memcmp(day_text_, text.data(), sizeof(day_text_)) != 0) {
    const std::optional<int64_t> day = ParseDate(text.substr(0, sizeof(day_text_)));
    if (!day.has_value()) return false;
    std::memcpy(day_text_, text.data(), sizeof(day_text_));
    day_micros_ = *day * kMicrosPerDay;
  }
  *cell = day_micros_ + clock;
  return true;
}

bool ScalarParser::ParseInteger(std::string_view text, void* cell) const {
  if (kind_ == TypeKind::kUInt64) {
    return IsInteger(text) && Store(ParseUInt64(text), cell);
  }
  const bool negative = text.starts_with('-');
  const std::string_view digits = negative ? text.substr(1) : text;
  int64_t value = 0;
  if (digits.empty()) return false;
  if (digits.size() <= 18) {
    for (const char c : digits) {
      const unsigned digit = static_cast<unsigned>(c - '0');
      if (digit > 9) return false;
      value = value * 10 + digit;
    }
    if (negative) value = -value;
  } else if (!IsInteger(text) || !Store(ParseInt64(text), &value)) {
    return false;
  }
  if (value < min_ || value > max_) return false;
  *static_cast<int64_t*>(cell) = value;
  return true;
}

bool ScalarParser::ParseFloat(std::string_view text, double* cell) const {
  const std::optional<double> value = ParseFloat64(text);
  if (!value.has_value() || !std::isfinite(*value)) return false;
  *cell = *value;
  if (kind_ == TypeKind::kFloat32) *cell = static_cast<double>(static_cast<float>(*value));
  return std::isfinite(*cell);
}

bool ScalarParser::ParseExactDecimal(std::string_view text, void* cell) const {
  const std::optional<Int128> value = ParseDecimal(text, type_.precision(), type_.scale());
  if (!value.has_value()) return false;
  if (type_.physical() == Physical::kInt64) {
    *static_cast<int64_t*>(cell) = static_cast<int64_t>(*value);
  } else {
    *static_cast<Int128*>(cell) = *value;
  }
  return true;
}

bool ScalarParser::ParseEnum(std::string_view text, uint16_t* cell) const {
  for (size_t code = 0; code < enum_values_.size(); ++code) {
    const std::string& value = enum_values_[code];
    if (value.size() == text.size() && std::memcmp(value.data(), text.data(), text.size()) == 0) {
      *cell = static_cast<uint16_t>(code);
      return true;
    }
  }
  return ignore_case_ && Store(type_.EnumCode(text), cell);
}

std::string ScalarParser::Explain(std::string_view text) const {
  if (kind_ == TypeKind::kEnum) {
    if (!type_.name().empty()) {
      return fmt::format("\"{}\" is not {} {}", Shown(text), IndefiniteArticle(type_.name()),
                         type_.name());
    }
    return fmt::format("\"{}\" is not one of {}", Shown(text), fmt::join(enum_values_, ", "));
  }
  if (kind_ == TypeKind::kTimestamp && ParseTimestamp(std::string(text) + "Z").has_value()) {
    return "needs an offset";
  }
  const std::string type = type_.AsRequired().ToString();
  if (type_.is_integer() && IsInteger(text)) {
    return fmt::format("{} is out of range for {}", Shown(text), type);
  }
  if ((type_.is_float() || type_.is_decimal()) && IsDecimalNumber(text)) {
    return fmt::format("{} {} {}", Shown(text),
                       type_.is_decimal() ? "has too many digits for" : "is out of range for",
                       type);
  }
  if (type_.is_integer()) return "not an integer";
  return fmt::format("not {} {}", IndefiniteArticle(type), type);
}

}  // namespace weir
