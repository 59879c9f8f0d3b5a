#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

// Code points of valid UTF-8 (all strings of the engine are).

inline bool IsContinuationByte(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

inline int64_t CountCodePoints(std::string_view text) {
  int64_t count = 0;
  for (char c : text) count += IsContinuationByte(c) ? 0 : 1;
  return count;
}

/// Byte offset of code point `index`; the size of the text when there are not so many.
size_t OffsetOfCodePoint(std::string_view text, int64_t index);

/// The code point at byte `offset`, which moves behind it.
char32_t NextCodePoint(std::string_view text, size_t& offset);
void AppendCodePoint(char32_t code_point, std::string& out);

}  // namespace weir
