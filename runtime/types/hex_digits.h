#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

inline constexpr char kHexDigits[] = "0123456789abcdef";

constexpr std::array<uint8_t, 256> MakeHexValues() {
  std::array<uint8_t, 256> values{};
  for (size_t c = 0; c < values.size(); ++c) {
    if (c >= '0' && c <= '9')
      values[c] = static_cast<uint8_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      values[c] = static_cast<uint8_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      values[c] = static_cast<uint8_t>(c - 'A' + 10);
    else
      values[c] = 0xff;
  }
  return values;
}

/// Value of a hex digit of either case, 0xff for any other byte.
inline constexpr std::array<uint8_t, 256> kHexValues = MakeHexValues();

}  // namespace weir
