#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Literals from their text. No positions: callers report.
namespace weir::syntax {

/// "10_000"; nullopt above 2^64 - 1.
std::optional<uint64_t> DecodeInt(std::string_view text);

struct DecodedDecimal {
  std::string digits;
  int scale = 0;
};
/// "1_0.50" -> {"1050", 2}; nullopt beyond 38 digits.
std::optional<DecodedDecimal> DecodeDecimal(std::string_view text);

/// "1e-3"; nullopt if it is not finite.
std::optional<double> DecodeFloat(std::string_view text);

enum class DurationProblem : uint8_t { kNone, kSubMicrosecond, kTooLong, kUnit };
struct DecodedDuration {
  int64_t micros = 0;
  DurationProblem problem = DurationProblem::kNone;
};
/// "1h30m"; units ns us ms s m h d w. Nanoseconds must make whole microseconds.
DecodedDuration DecodeDuration(std::string_view text);

/// "1MiB", "64KB"; nullopt above 2^63 - 1.
std::optional<int64_t> DecodeSize(std::string_view text);

/// "@2026-01-01T10:00:00.25+02:00" in microseconds since 1970 UTC; without an offset UTC. Nullopt
/// for dates that don't exist, more than 6 digits of a second, and offsets beyond 18 hours.
std::optional<int64_t> DecodeTimestamp(std::string_view text);

/// An escape sequence that means nothing: place and length in the given text.
struct BadEscape {
  size_t offset = 0;
  size_t length = 0;
};
struct DecodedString {
  std::string value;
  std::vector<BadEscape> bad;
};
/// Text between the quotes: \n \t \r \0 \\ \" \' \{ \} \u{1F600}.
DecodedString Unescape(std::string_view text);

/// Text block between its quotes: verbatim, without the line end right after the opening quotes.
std::string DecodeTextBlock(std::string_view text);

/// One piece of an f-string, as offsets into the text between its quotes.
struct FStringPiece {
  bool is_hole = false;  ///< `{expr}`: begin..end is the expression.
  size_t begin = 0;
  size_t end = 0;
};
struct FStringPieces {
  std::vector<FStringPiece> pieces;
  std::optional<size_t> unclosed;  ///< Offset of a `{` without its `}`.
  std::optional<size_t> stray;     ///< Offset of a `}` without its `{`.
};
/// Splits at holes. `{{` and `}}` stand for braces and stay in the text pieces.
FStringPieces SplitFString(std::string_view text);

/// Shortest text of a duration: 90_000_000 -> "1m30s"; 0 -> "0s".
std::string DurationText(int64_t micros);

}  // namespace weir::syntax
