#pragma once

#include <cstdint>

#include "runtime/base/clock.h"
#include "runtime/types/text.h"

namespace weir {

inline constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;

/// Quotient rounded towards minus infinity; divisor > 0.
inline int64_t FloorDiv(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  return quotient - (value % divisor < 0 ? 1 : 0);
}
inline int64_t FloorMod(int64_t value, int64_t divisor) {
  const int64_t rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

inline int64_t DayOf(int64_t micros) { return FloorDiv(micros, kMicrosPerDay); }

/// ISO 8601: Monday is 1, Sunday 7. Day 0 (1970-01-01) was a Thursday.
inline int64_t DayOfWeek(int64_t days) { return FloorMod(days + 3, 7) + 1; }
inline int64_t DayOfYear(int64_t days) {
  return days - DaysFromCivil(CivilFromDays(days).year, 1, 1) + 1;
}
/// ISO 8601 week: the one that holds the year's first Thursday is 1.
inline int64_t WeekOfYear(int64_t days) {
  const int64_t thursday = days - DayOfWeek(days) + 4;
  return (DayOfYear(thursday) - 1) / 7 + 1;
}

}  // namespace weir
