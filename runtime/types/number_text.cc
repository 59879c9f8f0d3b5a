#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "runtime/types/text.h"

namespace weir {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

template <typename T>
std::optional<T> ParseInteger(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename T>
void AppendNumber(T value, std::string& out) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, static_cast<size_t>(result.ptr - buffer));
}

template <typename T>
void AppendFloat(T value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Infinity" : "Infinity";
  } else {
    AppendNumber(value, out);
  }
}

/// from_chars also takes `.5`, `5.` and names of infinities.
bool LooksLikeJsonNumber(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  if (text.empty() || !IsDigit(text[0]) || !IsDigit(text.back())) return false;
  const size_t point = text.find('.');
  return point == std::string_view::npos || IsDigit(text[point + 1]);
}

std::optional<double> ParseSpecial(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

/// from_chars doesn't tell too small from too large.
std::optional<double> ParseOutOfRange(std::string_view text) {
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<int64_t> ParseInt64(std::string_view text) { return ParseInteger<int64_t>(text); }
std::optional<uint64_t> ParseUInt64(std::string_view text) { return ParseInteger<uint64_t>(text); }

std::optional<double> ParseFloat64(std::string_view text) {
  if (!LooksLikeJsonNumber(text)) return ParseSpecial(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return ParseOutOfRange(text);
  if (error != std::errc()) return std::nullopt;
  return value;
}

void AppendFloat64(double value, std::string& out) { AppendFloat(value, out); }
void AppendFloat32(double value, std::string& out) { AppendFloat(static_cast<float>(value), out); }
void AppendInt64(int64_t value, std::string& out) { AppendNumber(value, out); }
void AppendUInt64(uint64_t value, std::string& out) { AppendNumber(value, out); }

}  // namespace weir
