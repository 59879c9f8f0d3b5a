#include <array>
#include <cstring>

#include "runtime/types/hex_digits.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

/// `count` hex digits; bits above 0x0f of `bad` are set when one is none.
uint64_t HexAt(const char* text, int count, uint8_t& bad) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    const uint8_t digit = kHexValues[static_cast<unsigned char>(text[i])];
    bad |= digit;
    value = value << 4 | digit;
  }
  return value;
}

char* WriteHex(char* cursor, uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    const uint64_t byte = value >> shift & 0xff;
    *cursor++ = kHexDigits[byte >> 4];
    *cursor++ = kHexDigits[byte & 0xf];
  }
  return cursor;
}

}  // namespace

std::optional<Fixed16> ParseUuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  const char* p = text.data();
  if (p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-') return std::nullopt;
  uint8_t bad = 0;
  const uint64_t high = HexAt(p, 8, bad) << 32 | HexAt(p + 9, 4, bad) << 16 | HexAt(p + 14, 4, bad);
  const uint64_t low = HexAt(p + 19, 4, bad) << 48 | HexAt(p + 24, 12, bad);
  if (bad > 0x0f) return std::nullopt;
  return Fixed16{high, low};
}

void AppendUuid(Fixed16 value, std::string& out) {
  char buffer[36];
  char* cursor = WriteHex(buffer, value.high >> 32, 4);
  *cursor++ = '-';
  cursor = WriteHex(cursor, value.high >> 16, 2);
  *cursor++ = '-';
  cursor = WriteHex(cursor, value.high, 2);
  *cursor++ = '-';
  cursor = WriteHex(cursor, value.low >> 48, 2);
  *cursor++ = '-';
  WriteHex(cursor, value.low, 6);
  out.append(buffer, sizeof(buffer));
}

}  // namespace weir
