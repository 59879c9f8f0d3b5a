#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "compiler/syntax/literals.h"

namespace weir::syntax {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int kMostOffsetMinutes = 18 * 60;

/// Reads fixed-width fields of a text whose shape the lexer has already checked.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  char Take() { return AtEnd() ? '\0' : text_[at_++]; }
  int Number(size_t width) {
    int value = 0;
    for (size_t i = 0; i < width; ++i) value = value * 10 + (Take() - '0');
    return value;
  }
  /// Digits after the point as microseconds; nullopt beyond 6 digits.
  std::optional<int64_t> Fraction() {
    int64_t value = 0;
    int digits = 0;
    while (Peek() >= '0' && Peek() <= '9') {
      if (++digits > 6) return std::nullopt;
      value = value * 10 + (Take() - '0');
    }
    for (; digits < 6; ++digits) value *= 10;
    return value;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

std::optional<int64_t> OffsetSeconds(Fields& in) {
  const char sign = in.Take();
  if (sign == 'Z' || sign == '\0') return 0;
  const int hours = in.Number(2);
  in.Take();
  const int minutes = in.Number(2);
  const int total = hours * 60 + minutes;
  if (minutes > 59 || total > kMostOffsetMinutes) return std::nullopt;
  return (sign == '-' ? -total : total) * int64_t{60};
}

}  // namespace

std::optional<int64_t> DecodeTimestamp(std::string_view text) {
  Fields in(text);
  in.Take();  // @
  const int year = in.Number(4);
  in.Take();
  const int month = in.Number(2);
  in.Take();
  const int day = in.Number(2);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  int64_t seconds = std::chrono::sys_days(date).time_since_epoch().count() * int64_t{86'400};
  int64_t micros = 0;
  if (in.Peek() == 'T') {
    in.Take();
    const int hour = in.Number(2);
    in.Take();
    const int minute = in.Number(2);
    int second = 0;
    if (in.Peek() == ':') {
      in.Take();
      second = in.Number(2);
      if (in.Peek() == '.') {
        in.Take();
        const auto fraction = in.Fraction();
        if (!fraction) return std::nullopt;
        micros = *fraction;
      }
    }
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const auto offset = OffsetSeconds(in);
    if (!offset) return std::nullopt;
    seconds += hour * int64_t{3600} + minute * int64_t{60} + second - *offset;
  }
  return seconds * kMicrosPerSecond + micros;
}

}  // namespace weir::syntax
