#include "compiler/syntax/literals.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace weir::syntax {
namespace {

constexpr size_t kMostDecimalDigits = 38;

std::string WithoutUnderscores(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != '_') out += c;
  }
  return out;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

struct Unit {
  std::string_view name;
  int64_t size;
};

constexpr Unit kDurationUnits[] = {{"us", 1},
                                   {"ms", 1'000},
                                   {"s", 1'000'000},
                                   {"m", 60'000'000},
                                   {"h", 3'600'000'000},
                                   {"d", 86'400'000'000},
                                   {"w", 604'800'000'000}};

constexpr Unit kSizeUnits[] = {{"B", 1},
                               {"KB", 1'000},
                               {"MB", 1'000'000},
                               {"GB", 1'000'000'000},
                               {"TB", 1'000'000'000'000},
                               {"KiB", int64_t{1} << 10},
                               {"MiB", int64_t{1} << 20},
                               {"GiB", int64_t{1} << 30},
                               {"TiB", int64_t{1} << 40}};

void AppendUtf8(uint32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      out += static_cast<char>(0xE0 | (point >> 12));
    } else {
      out += static_cast<char>(0xF0 | (point >> 18));
      out += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
    }
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
  }
  out += static_cast<char>(0x80 | (point & 0x3F));
}

template <size_t n>
int64_t UnitSize(const Unit (&units)[n], std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.size;
  }
  return 0;
}

}  // namespace

std::optional<uint64_t> DecodeInt(std::string_view text) {
  const std::string digits = WithoutUnderscores(text);
  uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<DecodedDecimal> DecodeDecimal(std::string_view text) {
  DecodedDecimal decimal;
  bool after_point = false;
  for (char c : text) {
    if (c == '.') {
      after_point = true;
    } else if (IsDigit(c)) {
      if (after_point) ++decimal.scale;
      if (c != '0' || !decimal.digits.empty()) decimal.digits += c;
    }
  }
  if (decimal.digits.size() > kMostDecimalDigits ||
      decimal.scale > static_cast<int>(kMostDecimalDigits)) {
    return std::nullopt;
  }
  if (decimal.digits.empty()) decimal.digits = "0";
  return decimal;
}

std::optional<double> DecodeFloat(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

DecodedDuration DecodeDuration(std::string_view text) {
  int64_t micros = 0;
  int64_t nanos = 0;
  for (size_t i = 0; i < text.size();) {
    int64_t count = 0;
    auto [after, error] = std::from_chars(text.data() + i, text.data() + text.size(), count);
    if (error != std::errc()) return {0, DurationProblem::kTooLong};
    i = static_cast<size_t>(after - text.data());
    size_t unit_end = i;
    while (unit_end < text.size() && !IsDigit(text[unit_end])) ++unit_end;
    const std::string_view unit = text.substr(i, unit_end - i);
    i = unit_end;
    const bool is_nanos = unit == "ns";
    const int64_t size = is_nanos ? 1 : UnitSize(kDurationUnits, unit);
    if (size == 0) return {0, DurationProblem::kUnit};
    int64_t part = 0;
    int64_t& total = is_nanos ? nanos : micros;
    if (__builtin_mul_overflow(count, size, &part) || __builtin_add_overflow(total, part, &total)) {
      return {0, DurationProblem::kTooLong};
    }
  }
  if (nanos % 1000 != 0) return {0, DurationProblem::kSubMicrosecond};
  if (__builtin_add_overflow(micros, nanos / 1000, &micros)) return {0, DurationProblem::kTooLong};
  return {micros, DurationProblem::kNone};
}

std::optional<int64_t> DecodeSize(std::string_view text) {
  int64_t count = 0;
  auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc()) return std::nullopt;
  const int64_t unit = UnitSize(kSizeUnits, text.substr(static_cast<size_t>(after - text.data())));
  int64_t bytes = 0;
  if (unit == 0 || __builtin_mul_overflow(count, unit, &bytes)) return std::nullopt;
  return bytes;
}

DecodedString Unescape(std::string_view text) {
  DecodedString out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out.value += text[i];
      continue;
    }
    const size_t start = i++;
    switch (text[i]) {
      case 'n': out.value += '\n'; continue;
      case 't': out.value += '\t'; continue;
      case 'r': out.value += '\r'; continue;
      case '0': out.value += '\0'; continue;
      case '\\':
      case '"':
      case '\'':
      case '{':
      case '}': out.value += text[i]; continue;
      default: break;
    }
    size_t length = 2;
    if (text[i] == 'u' && i + 1 < text.size() && text[i + 1] == '{') {
      const size_t close = text.find('}', i);
      if (close != std::string_view::npos) {
        uint32_t point = 0;
        const char* from = text.data() + i + 2;
        auto [end, error] = std::from_chars(from, text.data() + close, point, 16);
        length = close + 1 - start;
        i = close;
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (error == std::errc() && end == text.data() + close && point <= 0x10FFFF && !surrogate) {
          AppendUtf8(point, out.value);
          continue;
        }
      }
    } else {
      // The whole code point after the backslash belongs to the sequence.
      while (start + length < text.size() &&
             (static_cast<uint8_t>(text[start + length]) & 0xC0) == 0x80) {
        ++length;
      }
      i = start + length - 1;
    }
    out.bad.push_back({start, length});
  }
  return out;
}

std::string DecodeTextBlock(std::string_view text) {
  if (text.starts_with("\r\n"))
    text.remove_prefix(2);
  else if (text.starts_with("\n"))
    text.remove_prefix(1);
  return std::string(text);
}

FStringPieces SplitFString(std::string_view text) {
  FStringPieces out;
  size_t begin = 0;
  auto flush = [&](size_t end) {
    if (end > begin) out.pieces.push_back({false, begin, end});
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      ++i;
    } else if (c == '}') {
      if (!out.stray) out.stray = i;
    } else if (c == '{') {
      flush(i);
      size_t depth = 1;
      size_t close = i + 1;
      char quote = 0;
      for (; close < text.size() && depth > 0; ++close) {
        const char h = text[close];
        if (quote != 0) {
          if (h == quote) quote = 0;
        } else if (h == '\'') {
          quote = h;
        } else if (h == '{') {
          ++depth;
        } else if (h == '}') {
          --depth;
        }
      }
      if (depth > 0) {
        out.unclosed = i;
        return out;
      }
      out.pieces.push_back({true, i + 1, close - 1});
      begin = close;
      i = close - 1;
    }
  }
  flush(text.size());
  return out;
}

std::string DurationText(int64_t micros) {
  if (micros == 0) return "0s";
  std::string out;
  if (micros < 0) out += '-';
  auto rest = static_cast<uint64_t>(micros);
  if (micros < 0) rest = 0 - rest;
  for (const char* name : {"d", "h", "m", "s", "ms", "us"}) {
    const auto size = static_cast<uint64_t>(UnitSize(kDurationUnits, name));
    if (rest >= size) out += std::to_string(rest / size) + name;
    rest %= size;
  }
  return out;
}

}  // namespace weir::syntax
