#include "stdlib/scalar/string/utf8.h"

namespace weir {

size_t OffsetOfCodePoint(std::string_view text, int64_t index) {
  size_t offset = 0;
  while (offset < text.size() && index > 0) {
    ++offset;
    while (offset < text.size() && IsContinuationByte(text[offset])) ++offset;
    --index;
  }
  return offset;
}

char32_t NextCodePoint(std::string_view text, size_t& offset) {
  const auto first = static_cast<uint8_t>(text[offset++]);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  char32_t code_point = first & (0x3Fu >> more);
  for (int i = 0; i < more && offset < text.size(); ++i) {
    code_point = code_point << 6 | (static_cast<uint8_t>(text[offset++]) & 0x3F);
  }
  return code_point;
}

void AppendCodePoint(char32_t code_point, std::string& out) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

}  // namespace weir
