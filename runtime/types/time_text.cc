#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr int64_t kMicrosPerSecondOfText = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

/// Reads `count` digits at `text`; -1 when one is none.
int Digits(const char* text, int count) {
  int value = 0;
  unsigned bad = 0;
  for (int i = 0; i < count; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    bad |= static_cast<unsigned>(digit > 9);
    value = value * 10 + static_cast<int>(digit);
  }
  return bad != 0 ? -1 : value;
}

int DaysInMonth(int year, int month) {
  constexpr int8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

/// Days of the `2026-01-01` in the first ten characters.
std::optional<int64_t> DateAt(const char* text) {
  if (text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = Digits(text, 4);
  const int month = Digits(text + 5, 2);
  const int day = Digits(text + 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) {
    return std::nullopt;
  }
  return DaysFromCivil(year, month, day);
}

/// Reads `.123456` at the cursor, if there; more than six digits are truncated. -1 when malformed.
int64_t TakeFraction(const char*& cursor, const char* end) {
  if (cursor == end || *cursor != '.') return 0;
  ++cursor;
  int64_t micros = 0;
  int digits = 0;
  for (; cursor != end && *cursor >= '0' && *cursor <= '9'; ++cursor, ++digits) {
    if (digits < 6) micros = micros * 10 + (*cursor - '0');
  }
  if (digits == 0) return -1;
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

/// Seconds east of UTC in `Z` or `+01:00`, which must be all that is left.
std::optional<int> OffsetAt(const char* cursor, const char* end) {
  if (end - cursor == 1 && (*cursor == 'Z' || *cursor == 'z')) return 0;
  if (end - cursor != 6 || (*cursor != '+' && *cursor != '-') || cursor[3] != ':') {
    return std::nullopt;
  }
  const int hours = Digits(cursor + 1, 2);
  const int minutes = Digits(cursor + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const int seconds = (hours * 60 + minutes) * 60;
  return *cursor == '-' ? -seconds : seconds;
}

int64_t FloorDivide(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

char* WriteDigits(char* cursor, int64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    cursor[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return cursor + count;
}

/// Years beyond four digits get a sign, as ISO 8601 has it.
char* WriteDate(char* cursor, int64_t days) {
  const CivilDate date = CivilFromDays(days);
  int64_t year = date.year;
  int digits = 4;
  if (year < 0 || year > 9999) *cursor++ = year < 0 ? '-' : '+';
  if (year < 0) year = -year;
  for (int64_t limit = 10'000; year >= limit; limit *= 10) ++digits;
  cursor = WriteDigits(cursor, year, digits);
  *cursor++ = '-';
  cursor = WriteDigits(cursor, date.month, 2);
  *cursor++ = '-';
  return WriteDigits(cursor, date.day, 2);
}

}  // namespace

std::optional<int64_t> ParseTimestamp(std::string_view text) {
  if (text.size() < 20) return std::nullopt;
  const char* cursor = text.data();
  const char* const end = cursor + text.size();
  const std::optional<int64_t> days = DateAt(cursor);
  const char separator = cursor[10];
  if (!days || (separator != 'T' && separator != 't' && separator != ' ') || cursor[13] != ':' ||
      cursor[16] != ':') {
    return std::nullopt;
  }
  const int hour = Digits(cursor + 11, 2);
  const int minute = Digits(cursor + 14, 2);
  const int second = Digits(cursor + 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  cursor += 19;
  const int64_t micros = TakeFraction(cursor, end);
  if (micros < 0) return std::nullopt;
  const std::optional<int> offset = OffsetAt(cursor, end);
  if (!offset) return std::nullopt;
  const int64_t seconds = *days * kSecondsPerDay + (hour * 60 + minute) * 60 + second - *offset;
  // 0000-01-01T00:00:00Z and 10000-01-01T00:00:00Z: an offset may not lead beyond.
  constexpr int64_t kFirstSecond = -62'167'219'200;
  constexpr int64_t kEndSecond = 253'402'300'800;
  if (seconds < kFirstSecond || seconds >= kEndSecond) return std::nullopt;
  return seconds * kMicrosPerSecondOfText + micros;
}

void AppendTimestamp(int64_t micros, std::string& out) {
  const int64_t seconds = FloorDivide(micros, kMicrosPerSecondOfText);
  const int64_t days = FloorDivide(seconds, kSecondsPerDay);
  const int64_t of_day = seconds - days * kSecondsPerDay;
  // Not seconds * 10^6, which overflows next to INT64_MIN.
  int64_t fraction = micros % kMicrosPerSecondOfText;
  if (fraction < 0) fraction += kMicrosPerSecondOfText;
  char buffer[48];
  char* cursor = WriteDate(buffer, days);
  *cursor++ = 'T';
  cursor = WriteDigits(cursor, of_day / 3600, 2);
  *cursor++ = ':';
  cursor = WriteDigits(cursor, of_day / 60 % 60, 2);
  *cursor++ = ':';
  cursor = WriteDigits(cursor, of_day % 60, 2);
  *cursor++ = '.';
  cursor = WriteDigits(cursor, fraction, 6);
  *cursor++ = 'Z';
  out.append(buffer, static_cast<size_t>(cursor - buffer));
}

std::optional<int64_t> ParseDate(std::string_view text) {
  if (text.size() != 10) return std::nullopt;
  return DateAt(text.data());
}

void AppendDate(int64_t days, std::string& out) {
  char buffer[48];
  const char* end = WriteDate(buffer, days);
  out.append(buffer, static_cast<size_t>(end - buffer));
}

CivilDate CivilFromDays(int64_t days) {
  days += 719'468;  // days from 0000-03-01
  const int64_t era = FloorDivide(days, 146'097);
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;  // 0 is March
  const int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {static_cast<int>(year), static_cast<int>(month), static_cast<int>(day)};
}

int64_t DaysFromCivil(int year, int month, int day) {
  const int64_t shifted_year = int64_t{year} - (month <= 2 ? 1 : 0);
  const int64_t era = FloorDivide(shifted_year, 400);
  const int64_t year_of_era = shifted_year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

}  // namespace weir
