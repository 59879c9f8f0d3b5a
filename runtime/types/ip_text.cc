#include <arpa/inet.h>

#include <cstring>

#include "runtime/types/hex_digits.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

/// A run of zero groups: [first, first + length).
struct ZeroRun {
  int first = -1;
  int length = 0;
};

/// The longest run of at least two zero groups, the first of equals (RFC 5952, 4.2).
ZeroRun LongestZeroRun(const uint16_t (&groups)[8]) {
  ZeroRun best;
  for (int i = 0; i < 8;) {
    int end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i >= 2 && end - i > best.length) best = {i, end - i};
    i = end + 1;
  }
  return best;
}

char* WriteGroup(char* cursor, uint16_t group) {
  int shift = 12;
  while (shift > 0 && (group >> shift) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) *cursor++ = kHexDigits[(group >> shift) & 0xf];
  return cursor;
}

uint64_t BigEndian64(const unsigned char* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

std::optional<int64_t> ParseIpv4(std::string_view text) {
  int64_t address = 0;
  size_t i = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (i >= text.size() || text[i++] != '.')) return std::nullopt;
    const size_t start = i;
    int octet = 0;
    for (; i < text.size() && i - start < 3 && text[i] >= '0' && text[i] <= '9'; ++i) {
      octet = octet * 10 + (text[i] - '0');
    }
    const size_t digits = i - start;
    if (digits == 0 || octet > 255 || (digits > 1 && text[start] == '0')) return std::nullopt;
    address = address << 8 | octet;
  }
  if (i != text.size()) return std::nullopt;
  return address;
}

void AppendIpv4(int64_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    AppendInt64(value >> shift & 0xff, out);
    if (shift > 0) out += '.';
  }
}

std::optional<Fixed16> ParseIpv6(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof(terminated) || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  unsigned char bytes[16];
  if (inet_pton(AF_INET6, terminated, bytes) != 1) return std::nullopt;
  return Fixed16{BigEndian64(bytes), BigEndian64(bytes + 8)};
}

void AppendIpv6(Fixed16 value, std::string& out) {
  if (value.high == 0 && value.low >> 32 == 0xffff) {
    out += "::ffff:";
    AppendIpv4(static_cast<int64_t>(value.low & 0xffff'ffff), out);
    return;
  }
  uint16_t groups[8];
  for (int i = 0; i < 4; ++i) {
    groups[i] = static_cast<uint16_t>(value.high >> (48 - 16 * i));
    groups[i + 4] = static_cast<uint16_t>(value.low >> (48 - 16 * i));
  }
  const ZeroRun run = LongestZeroRun(groups);
  char buffer[48];
  char* cursor = buffer;
  for (int i = 0; i < 8; ++i) {
    if (i == run.first) {
      *cursor++ = ':';
      if (i == 0) *cursor++ = ':';
      i += run.length - 1;
      continue;
    }
    cursor = WriteGroup(cursor, groups[i]);
    if (i < 7) *cursor++ = ':';
  }
  out.append(buffer, static_cast<size_t>(cursor - buffer));
}

}  // namespace weir
