#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/int128.h"

namespace weir {

// Text forms of the scalar types; the same everywhere: decode, cast, literals, JSON out.
// Parse* return none for anything but the whole text in the right form. Format* append.

/// `2026-01-01T10:00:00.123456Z` or with an offset; an offset is required. Microseconds UTC.
/// More than 6 fractional digits are accepted and truncated. Years 0000..9999.
std::optional<int64_t> ParseTimestamp(std::string_view text);
/// RFC 3339 with six fractional digits and Z: `2026-01-01T10:00:00.000000Z`.
void AppendTimestamp(int64_t micros, std::string& out);

/// `2026-01-01`; days since 1970-01-01.
std::optional<int64_t> ParseDate(std::string_view text);
void AppendDate(int64_t days, std::string& out);

/// `1h30m`, `200ms`, `-5m`; units ns us ms s m h d w, in any order; whole microseconds in total.
/// ISO 8601 durations are not accepted.
std::optional<int64_t> ParseDuration(std::string_view text);
/// Shortest exact form, largest unit first up to days: `1d2h`, `250ms`, `0s`.
void AppendDuration(int64_t micros, std::string& out);

/// 8-4-4-4-12 hex digits, either case.
std::optional<Fixed16> ParseUuid(std::string_view text);
void AppendUuid(Fixed16 value, std::string& out);  ///< lower case

/// Dotted quad without leading zeros; host order in the low 32 bits.
std::optional<int64_t> ParseIpv4(std::string_view text);
void AppendIpv4(int64_t value, std::string& out);

/// RFC 4291 text; written as RFC 5952 says (`::ffff:1.2.3.4` for mapped addresses).
std::optional<Fixed16> ParseIpv6(std::string_view text);
void AppendIpv6(Fixed16 value, std::string& out);

std::optional<int64_t> ParseInt64(std::string_view text);
std::optional<uint64_t> ParseUInt64(std::string_view text);
/// As JSON writes numbers, also `NaN`, `Infinity`, `-Infinity`; beyond the range is none.
std::optional<double> ParseFloat64(std::string_view text);
/// Shortest text that reads back equal; `NaN`, `Infinity`, `-Infinity`.
void AppendFloat64(double value, std::string& out);
/// The same for a float32 held in a double: digits that tell float32 values apart.
void AppendFloat32(double value, std::string& out);
void AppendInt64(int64_t value, std::string& out);
void AppendUInt64(uint64_t value, std::string& out);

/// RFC 4648 with padding; nothing else is accepted.
void AppendBase64(std::string_view bytes, std::string& out);
std::optional<std::string> ParseBase64(std::string_view text);

/// A JSON string with quotes and escapes.
void AppendJsonString(std::string_view text, std::string& out);

bool IsValidUtf8(std::string_view text);

/// Civil-date arithmetic (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
struct CivilDate {
  int year;
  int month;
  int day;
};
CivilDate CivilFromDays(int64_t days);
int64_t DaysFromCivil(int year, int month, int day);

}  // namespace weir
