#include <cstring>

#include "runtime/types/hex_digits.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

bool NeedsEscape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

/// True when one of eight bytes needs an escape: zero-byte and less-than tests of eight bytes at
/// once (S. E. Anderson, "Bit Twiddling Hacks").
bool AnyNeedsEscape(const char* text) {
  constexpr uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr uint64_t kHighs = 0x8080'8080'8080'8080;
  uint64_t word = 0;
  std::memcpy(&word, text, sizeof(word));
  const uint64_t quote = word ^ (kOnes * '"');
  const uint64_t backslash = word ^ (kOnes * '\\');
  const uint64_t control = (word - kOnes * 0x20) & ~word;
  return ((control | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash)) & kHighs) !=
         0;
}

void AppendEscaped(char c, std::string& out) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const unsigned char byte = static_cast<unsigned char>(c);
  const char escape[] = {'\\', 'u', '0', '0', kHexDigits[byte >> 4], kHexDigits[byte & 0xf]};
  out.append(escape, sizeof(escape));
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  size_t start = 0;
  size_t i = 0;
  while (i < text.size()) {
    if (i + 8 <= text.size() && !AnyNeedsEscape(text.data() + i)) {
      i += 8;
      continue;
    }
    const size_t stop = i + 8 < text.size() ? i + 8 : text.size();
    for (; i < stop; ++i) {
      if (!NeedsEscape(static_cast<unsigned char>(text[i]))) continue;
      out.append(text, start, i - start);
      AppendEscaped(text[i], out);
      start = i + 1;
    }
  }
  out.append(text, start, text.size() - start);
  out += '"';
}

}  // namespace weir
