#include <array>

#include "runtime/base/int128.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  int64_t nanos;
};

constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"d", 86'400'000'000'000},
                                         {"w", 604'800'000'000'000}}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Nanoseconds of the leading `<digits><unit>`; 0 < result, none when malformed.
std::optional<Int128> TakeTerm(std::string_view& text) {
  size_t i = 0;
  int64_t count = 0;
  for (; i < text.size() && IsDigit(text[i]); ++i) {
    if (__builtin_mul_overflow(count, int64_t{10}, &count) ||
        __builtin_add_overflow(count, int64_t{text[i] - '0'}, &count)) {
      return std::nullopt;
    }
  }
  size_t end = i;
  while (end < text.size() && !IsDigit(text[end])) ++end;
  const std::string_view name = text.substr(i, end - i);
  if (i == 0) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    text.remove_prefix(end);
    return static_cast<Int128>(count) * unit.nanos;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> ParseDuration(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  constexpr Int128 kLimit = static_cast<Int128>(INT64_MAX) * 1000;
  Int128 nanos = 0;
  while (!text.empty()) {
    const std::optional<Int128> term = TakeTerm(text);
    if (!term) return std::nullopt;
    nanos += *term;
    if (nanos > kLimit + 1000) return std::nullopt;
  }
  if (nanos % 1000 != 0) return std::nullopt;
  const Int128 micros = negative ? -(nanos / 1000) : nanos / 1000;
  if (micros > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(micros);
}

void AppendDuration(int64_t micros, std::string& out) {
  if (micros == 0) {
    out += "0s";
    return;
  }
  if (micros < 0) out += '-';
  uint64_t rest =
      micros < 0 ? uint64_t{0} - static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  for (const std::string_view name : {"d", "h", "m", "s", "ms", "us"}) {
    for (const Unit& unit : kUnits) {
      if (unit.name != name) continue;
      const uint64_t size = static_cast<uint64_t>(unit.nanos / 1000);
      if (rest < size) break;
      AppendUInt64(rest / size, out);
      out += name;
      rest %= size;
    }
  }
}

}  // namespace weir
