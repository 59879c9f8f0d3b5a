#include "runtime/format/json/json_scanner.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstring>

namespace weir {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return -1;
}

/// Four hex digits at `p`; -1 when they aren't.
int HexQuad(const char* p, const char* end) {
  if (end - p < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = HexDigit(p[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

bool IsHighSurrogate(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

char* WriteUtf8(uint32_t code, char* out) {
  const auto put = [&out](uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
  return out;
}

/// Character of a one-letter escape; 0 when it is not one.
char SimpleEscape(char letter) {
  switch (letter) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

}  // namespace

bool JsonScanner::PassEscape(const char*& p) {
  const char* at = p;
  if (end_ - p < 2) return Fail(JsonError::kTruncated, end_);
  if (p[1] != 'u') {
    if (SimpleEscape(p[1]) == '\0') return Fail(JsonError::kBadEscape, at);
    p += 2;
    return true;
  }
  const int unit = HexQuad(p + 2, end_);
  if (unit < 0) return Fail(end_ - p < 6 ? JsonError::kTruncated : JsonError::kBadEscape, at);
  p += 6;
  if (IsLowSurrogate(unit)) return Fail(JsonError::kHalfSurrogate, at);
  if (!IsHighSurrogate(unit)) return true;
  const bool pair =
      end_ - p >= 6 && p[0] == '\\' && p[1] == 'u' && IsLowSurrogate(HexQuad(p + 2, end_));
  if (!pair) return Fail(JsonError::kHalfSurrogate, at);
  p += 6;
  return true;
}

bool JsonScanner::EndUnusualString(const char* start, const char* stop, JsonStringToken& token) {
  const char* p = stop;
  token.escaped = false;
  while (true) {
    while (p < end_ && !IsStop(*p)) ++p;
    if (p == end_) return Fail(JsonError::kTruncated, end_);
    if (*p == '"') break;
    if (*p != '\\') return Fail(JsonError::kControlCharacter, p);
    token.escaped = true;
    if (!PassEscape(p)) return false;
  }
  token.text = {start, static_cast<size_t>(p - start)};
  if (!simdjson::validate_utf8(token.text.data(), token.text.size())) {
    return Fail(JsonError::kInvalidUtf8, start);
  }
  cursor_ = p + 1;
  return true;
}

bool JsonScanner::ScanNumber(std::string_view& text) {
  const char* start = cursor_;
  const char* p = cursor_;
  const auto digits = [&p, this] {
    const char* first = p;
    while (p < end_ && *p >= '0' && *p <= '9') ++p;
    return p > first;
  };
  if (p < end_ && *p == '-') ++p;
  if (p < end_ && *p == '0') {
    ++p;
  } else if (!digits()) {
    return Fail(p == end_ ? JsonError::kTruncated : JsonError::kBadNumber, start);
  }
  if (p < end_ && *p == '.') {
    ++p;
    if (!digits()) return Fail(p == end_ ? JsonError::kTruncated : JsonError::kBadNumber, start);
  }
  if (p < end_ && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p < end_ && (*p == '+' || *p == '-')) ++p;
    if (!digits()) return Fail(p == end_ ? JsonError::kTruncated : JsonError::kBadNumber, start);
  }
  // `01`, `1x`: a number ends where a structural character, a space or the text ends.
  if (p < end_ && (HexDigit(*p) >= 0 || *p == '.' || *p == '-' || *p == '+')) {
    return Fail(JsonError::kBadNumber, start);
  }
  text = {start, static_cast<size_t>(p - start)};
  cursor_ = p;
  return true;
}

bool JsonScanner::FailLiteral(std::string_view literal) {
  const size_t left = static_cast<size_t>(end_ - cursor_);
  const bool prefix = left < literal.size() && std::memcmp(cursor_, literal.data(), left) == 0;
  return Fail(prefix ? JsonError::kTruncated : JsonError::kUnexpected, cursor_);
}

bool JsonScanner::SkipContainer(char open, int depth) {
  if (depth >= kMaxJsonDepth) return Fail(JsonError::kTooDeep, cursor_);
  const char close = open == '{' ? '}' : ']';
  ++cursor_;
  SkipSpace();
  if (Consume(close)) return true;
  std::string_view ignored;
  JsonStringToken key;
  while (true) {
    if (open == '{') {
      if (!ScanString(key)) return false;
      SkipSpace();
      if (!Expect(':')) return false;
      SkipSpace();
    }
    if (!SkipValue(ignored, depth + 1)) return false;
    SkipSpace();
    if (Consume(close)) return true;
    if (!Expect(',')) return false;
    SkipSpace();
  }
}

bool JsonScanner::SkipValue(std::string_view& raw, int depth) {
  const char* start = cursor_;
  bool passed = false;
  switch (Peek()) {
    case '"': {
      JsonStringToken ignored;
      passed = ScanString(ignored);
      break;
    }
    case '{': passed = SkipContainer('{', depth); break;
    case '[': passed = SkipContainer('[', depth); break;
    case 't': passed = ScanLiteral("true"); break;
    case 'f': passed = ScanLiteral("false"); break;
    case 'n': passed = ScanLiteral("null"); break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': {
      std::string_view ignored;
      passed = ScanNumber(ignored);
      break;
    }
    default: passed = FailHere(); break;
  }
  raw = {start, static_cast<size_t>(cursor_ - start)};
  return passed;
}

std::string JsonScanner::DescribeError() const {
  const size_t at = error_offset();
  switch (error_) {
    case JsonError::kNone: return "";
    case JsonError::kTruncated:
      return fmt::format("truncated JSON: ends after {} bytes", end_ - begin_);
    case JsonError::kUnexpected: {
      const unsigned char c = static_cast<unsigned char>(*error_at_);
      if (c < 0x20 || c >= 0x7f)
        return fmt::format("not JSON: unexpected byte 0x{:02x} at byte {}", c, at);
      return fmt::format("not JSON: unexpected `{}` at byte {}", static_cast<char>(c), at);
    }
    case JsonError::kControlCharacter:
      return fmt::format("not JSON: unescaped control character in a string at byte {}", at);
    case JsonError::kBadEscape: return fmt::format("not JSON: unknown escape at byte {}", at);
    case JsonError::kHalfSurrogate:
      return fmt::format("not JSON: half of a surrogate pair at byte {}", at);
    case JsonError::kInvalidUtf8: return fmt::format("invalid UTF-8 in the string at byte {}", at);
    case JsonError::kBadNumber: return fmt::format("not JSON: malformed number at byte {}", at);
    case JsonError::kTooDeep:
      return fmt::format("nested deeper than {} at byte {}", kMaxJsonDepth, at);
  }
  return "";
}

std::string_view UnescapeJson(const JsonStringToken& token, StringArena& arena) {
  if (!token.escaped) return token.text;
  // Every escape is at least as long as what it stands for.
  char* const result = arena.Allocate(token.text.size());
  char* out = result;
  const char* p = token.text.data();
  const char* end = p + token.text.size();
  while (p < end) {
    if (*p != '\\') {
      *out++ = *p++;
      continue;
    }
    if (p[1] != 'u') {
      *out++ = SimpleEscape(p[1]);
      p += 2;
      continue;
    }
    const int unit = HexQuad(p + 2, end);
    p += 6;
    uint32_t code = static_cast<uint32_t>(unit);
    if (IsHighSurrogate(unit)) {
      const int low = HexQuad(p + 2, end);
      p += 6;
      code = 0x10000 + ((static_cast<uint32_t>(unit) - 0xd800) << 10) +
             (static_cast<uint32_t>(low) - 0xdc00);
    }
    out = WriteUtf8(code, out);
  }
  const size_t size = static_cast<size_t>(out - result);
  arena.Shrink(token.text.size() - size);
  return {result, size};
}

}  // namespace weir
