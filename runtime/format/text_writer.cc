#include "runtime/format/text_writer.h"

#include <fmt/format.h>
#include <tmmintrin.h>

#include <algorithm>
#include <array>

#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr char kHex[] = "0123456789abcdef";

/// Positions of the first 16 bytes at `block` that JSON must escape.
int EscapeMask(__m128i block) {
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  const __m128i highest_control = _mm_set1_epi8(0x1f);
  const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(block, highest_control), highest_control);
  return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
}

constexpr std::array<std::array<char, 2>, 100> MakeTwoDigits() {
  std::array<std::array<char, 2>, 100> table{};
  for (size_t i = 0; i < 100; ++i) {
    table[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  }
  return table;
}
constexpr auto kTwoDigits = MakeTwoDigits();

/// A part of an address with its point.
struct Octet {
  char text[4];
  uint8_t size;
};

constexpr std::array<Octet, 256> MakeOctets() {
  std::array<Octet, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    Octet& octet = table[i];
    octet.size = 0;
    if (i >= 100) octet.text[octet.size++] = static_cast<char>('0' + i / 100);
    if (i >= 10) octet.text[octet.size++] = static_cast<char>('0' + i / 10 % 10);
    octet.text[octet.size++] = static_cast<char>('0' + i % 10);
    octet.text[octet.size++] = '.';
  }
  return table;
}
constexpr auto kOctets = MakeOctets();

/// 32 lower-case hex digits.
void WriteHex(Fixed16 value, char* out) {
  const __m128i bytes = _mm_set_epi64x(static_cast<long long>(__builtin_bswap64(value.low)),
                                       static_cast<long long>(__builtin_bswap64(value.high)));
  const __m128i mask = _mm_set1_epi8(0x0f);
  const __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), mask);
  const __m128i low = _mm_and_si128(bytes, mask);
  const __m128i digits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kHex));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                   _mm_shuffle_epi8(digits, _mm_unpacklo_epi8(high, low)));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 16),
                   _mm_shuffle_epi8(digits, _mm_unpackhi_epi8(high, low)));
}

char* WriteEscape(char c, char* out) {
  *out++ = '\\';
  switch (c) {
    case '"': *out++ = '"'; return out;
    case '\\': *out++ = '\\'; return out;
    case '\b': *out++ = 'b'; return out;
    case '\f': *out++ = 'f'; return out;
    case '\n': *out++ = 'n'; return out;
    case '\r': *out++ = 'r'; return out;
    case '\t': *out++ = 't'; return out;
    default: break;
  }
  const unsigned byte = static_cast<unsigned char>(c);
  std::memcpy(out, "u00", 3);
  out[3] = kHex[byte >> 4];
  out[4] = kHex[byte & 15];
  return out + 5;
}

/// Writes up to 6 * size bytes; up to 15 further ones may be touched.
char* WriteEscaped(const char* p, size_t size, char* out) {
  while (size > 0) {
    char padded[16] = {};
    const char* source = p;
    const size_t width = std::min<size_t>(size, 16);
    if (width < 16) {
      std::memset(padded, 'x', sizeof(padded));
      std::memcpy(padded, p, width);
      source = padded;
    }
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(source));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), block);
    const unsigned mask = static_cast<unsigned>(EscapeMask(block));
    size_t passed = width;
    if (mask == 0) {
      out += width;
    } else {
      const size_t plain = static_cast<size_t>(__builtin_ctz(mask));
      out = WriteEscape(p[plain], out + plain);
      passed = plain + 1;
    }
    p += passed;
    size -= passed;
  }
  return out;
}

}  // namespace

TextWriter::TextWriter()
    : buffer_(new char[kBuffer + 16]), cursor_(buffer_.get()), end_(buffer_.get() + kBuffer) {}

void TextWriter::Flush() {
  out_->append(buffer_.get(), static_cast<size_t>(cursor_ - buffer_.get()));
  cursor_ = buffer_.get();
}

void TextWriter::PutLong(std::string_view text) {
  Flush();
  out_->append(text);
}

void TextWriter::EndList(char open, char close) {
  char& last = cursor_ == buffer_.get() ? out_->back() : cursor_[-1];
  if (last == open) {
    Put(close);
  } else {
    last = close;
  }
}

void TextWriter::PutJsonString(std::string_view text) {
  Put('"');
  while (!text.empty()) {
    const size_t piece = std::min<size_t>(text.size(), 4096);
    Reserve(piece * 6);
    cursor_ = WriteEscaped(text.data(), piece, cursor_);
    text.remove_prefix(piece);
  }
  Put('"');
}

void TextWriter::PutInteger(int64_t value) {
  const fmt::format_int text(value);
  Put(std::string_view(text.data(), text.size()));
}

void TextWriter::PutUnsigned(uint64_t value) {
  const fmt::format_int text(value);
  Put(std::string_view(text.data(), text.size()));
}

void TextWriter::PutDecimal(int64_t unscaled, int scale) {
  char digits[40];
  char* end = digits + sizeof(digits);
  char* p = end;
  uint64_t value =
      unscaled < 0 ? ~static_cast<uint64_t>(unscaled) + 1 : static_cast<uint64_t>(unscaled);
  for (int i = 0; i < scale; ++i) {
    *--p = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  if (scale > 0) *--p = '.';
  do {
    *--p = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  if (unscaled < 0) *--p = '-';
  Put(std::string_view(p, static_cast<size_t>(end - p)));
}

void TextWriter::PutUuid(Fixed16 value) {
  Reserve(36);
  char hex[32];
  WriteHex(value, hex);
  std::memcpy(cursor_, hex, 8);
  cursor_[8] = '-';
  std::memcpy(cursor_ + 9, hex + 8, 4);
  cursor_[13] = '-';
  std::memcpy(cursor_ + 14, hex + 12, 4);
  cursor_[18] = '-';
  std::memcpy(cursor_ + 19, hex + 16, 4);
  cursor_[23] = '-';
  std::memcpy(cursor_ + 24, hex + 20, 12);
  cursor_ += 36;
}

void TextWriter::PutTwoDigits(unsigned value) {
  std::memcpy(cursor_, kTwoDigits[value].data(), 2);
  cursor_ += 2;
}

void TextWriter::PutTimestamp(int64_t micros) {
  int64_t day = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --day;
  }
  if (day != day_) {
    std::string text;
    AppendTimestamp(micros, text);
    if (text.size() != 27) {  // years beyond four digits
      Put(text);
      return;
    }
    std::memcpy(day_text_, text.data(), sizeof(day_text_));
    day_ = day;
  }
  Reserve(32);
  std::memcpy(cursor_, day_text_, sizeof(day_text_));
  cursor_ += sizeof(day_text_);
  const unsigned seconds = static_cast<unsigned>(rest / 1'000'000);
  const unsigned micros_left = static_cast<unsigned>(rest % 1'000'000);
  PutTwoDigits(seconds / 3600);
  *cursor_++ = ':';
  PutTwoDigits(seconds / 60 % 60);
  *cursor_++ = ':';
  PutTwoDigits(seconds % 60);
  *cursor_++ = '.';
  PutTwoDigits(micros_left / 10'000);
  PutTwoDigits(micros_left / 100 % 100);
  PutTwoDigits(micros_left % 100);
  *cursor_++ = 'Z';
}

void TextWriter::PutIpv4(int64_t value) {
  Reserve(16);
  for (int shift = 24; shift >= 0; shift -= 8) {
    const Octet& octet = kOctets[static_cast<size_t>((value >> shift) & 0xff)];
    std::memcpy(cursor_, octet.text, 4);
    cursor_ += octet.size;
  }
  --cursor_;  // the last point
}

}  // namespace weir
