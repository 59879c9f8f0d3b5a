#include "stdlib/scalar/time/time_pattern.h"

#include <fmt/format.h>

#include <iterator>

#include "stdlib/scalar/time/civil_time.h"

namespace weir {
namespace {

constexpr std::string_view kFields = "YmdHMSfjabz%";
constexpr std::string_view kDayNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::string_view kMonthNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Exactly `digits` digits.
std::optional<int64_t> ReadDigits(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int64_t value = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

/// 1 to 6 digits of a fraction, as microseconds.
std::optional<int64_t> ReadFraction(std::string_view& text) {
  int64_t value = 0;
  int digits = 0;
  while (digits < 6 && !text.empty() && text[0] >= '0' && text[0] <= '9') {
    value = value * 10 + (text[0] - '0');
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) value *= 10;
  return value;
}

template <size_t kCount>
std::optional<int64_t> ReadName(std::string_view& text, const std::string_view (&names)[kCount]) {
  for (size_t i = 0; i < kCount; ++i) {
    if (!text.starts_with(names[i])) continue;
    text.remove_prefix(names[i].size());
    return static_cast<int64_t>(i) + 1;
  }
  return std::nullopt;
}

/// `Z`, `+0200` or `+02:00`, in microseconds.
std::optional<int64_t> ReadOffset(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const char sign = text[0];
  text.remove_prefix(1);
  if (sign == 'Z') return 0;
  if (sign != '+' && sign != '-') return std::nullopt;
  const std::optional<int64_t> hours = ReadDigits(text, 2);
  if (!text.empty() && text[0] == ':') text.remove_prefix(1);
  const std::optional<int64_t> minutes = ReadDigits(text, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return (sign == '-' ? -1 : 1) * (*hours * kMicrosPerHour + *minutes * kMicrosPerMinute);
}

}  // namespace

struct TimePattern::Fields {
  int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, micros = 0;
  int64_t offset = 0;
};

Result<TimePattern> TimePattern::Parse(std::string_view pattern) {
  TimePattern parsed;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      if (parsed.pieces_.empty() || parsed.pieces_.back().field != 0) parsed.pieces_.emplace_back();
      parsed.pieces_.back().text += pattern[i];
      continue;
    }
    ++i;
    if (i == pattern.size() || kFields.find(pattern[i]) == std::string_view::npos) {
      return InvalidArgumentError(
          "a time pattern has %Y %m %d %H %M %S %f %j %a %b %z and %%, "
          "not \"{}\"",
          pattern.substr(i - 1, 2));
    }
    parsed.pieces_.push_back({pattern[i], ""});
  }
  return parsed;
}

void TimePattern::Append(int64_t micros, std::string& out) const {
  const int64_t days = DayOf(micros);
  const int64_t in_day = micros - days * kMicrosPerDay;
  const CivilDate date = CivilFromDays(days);
  auto to = std::back_inserter(out);
  for (const Piece& piece : pieces_) {
    switch (piece.field) {
      case 0: out += piece.text; break;
      case 'Y': fmt::format_to(to, "{:04}", date.year); break;
      case 'm': fmt::format_to(to, "{:02}", date.month); break;
      case 'd': fmt::format_to(to, "{:02}", date.day); break;
      case 'H': fmt::format_to(to, "{:02}", in_day / kMicrosPerHour); break;
      case 'M': fmt::format_to(to, "{:02}", in_day / kMicrosPerMinute % 60); break;
      case 'S': fmt::format_to(to, "{:02}", in_day / kMicrosPerSecond % 60); break;
      case 'f': fmt::format_to(to, "{:06}", in_day % kMicrosPerSecond); break;
      case 'j': fmt::format_to(to, "{:03}", DayOfYear(days)); break;
      case 'a': out += kDayNames[DayOfWeek(days) - 1]; break;
      case 'b': out += kMonthNames[date.month - 1]; break;
      case 'z': out += "+0000"; break;
      default: out += '%'; break;
    }
  }
}

bool TimePattern::ReadField(char field, std::string_view& text, Fields& fields) {
  const auto take = [](std::optional<int64_t> value, int64_t& into) {
    if (value) into = *value;
    return value.has_value();
  };
  int64_t ignored = 0;
  switch (field) {
    case 'Y': return take(ReadDigits(text, 4), fields.year);
    case 'm': return take(ReadDigits(text, 2), fields.month);
    case 'd': return take(ReadDigits(text, 2), fields.day);
    case 'H': return take(ReadDigits(text, 2), fields.hour);
    case 'M': return take(ReadDigits(text, 2), fields.minute);
    case 'S': return take(ReadDigits(text, 2), fields.second);
    case 'f': return take(ReadFraction(text), fields.micros);
    case 'j': return take(ReadDigits(text, 3), ignored);
    case 'a': return take(ReadName(text, kDayNames), ignored);
    case 'b': return take(ReadName(text, kMonthNames), fields.month);
    case 'z': return take(ReadOffset(text), fields.offset);
    default:
      if (text.empty() || text[0] != '%') return false;
      text.remove_prefix(1);
      return true;
  }
}

std::optional<int64_t> TimePattern::Read(std::string_view text) const {
  Fields fields;
  for (const Piece& piece : pieces_) {
    if (piece.field != 0) {
      if (!ReadField(piece.field, text, fields)) return std::nullopt;
      continue;
    }
    if (!text.starts_with(piece.text)) return std::nullopt;
    text.remove_prefix(piece.text.size());
  }
  const bool in_range = fields.month >= 1 && fields.month <= 12 && fields.day >= 1 &&
                        fields.day <= 31 && fields.hour <= 23 && fields.minute <= 59 &&
                        fields.second <= 59;
  if (!text.empty() || !in_range) return std::nullopt;
  const int64_t days = DaysFromCivil(static_cast<int>(fields.year), static_cast<int>(fields.month),
                                     static_cast<int>(fields.day));
  // The 31st of February would be another day.
  if (CivilFromDays(days).day != fields.day) return std::nullopt;
  return days * kMicrosPerDay + fields.hour * kMicrosPerHour + fields.minute * kMicrosPerMinute +
         fields.second * kMicrosPerSecond + fields.micros - fields.offset;
}

bool IsPrintableTime(int64_t micros) {
  const int64_t days = DayOf(micros);
  return days >= DaysFromCivil(0, 1, 1) && days < DaysFromCivil(10'000, 1, 1);
}

}  // namespace weir
