#pragma once

#include <emmintrin.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/vector/string_arena.h"

namespace weir {

/// Objects and arrays inside each other beyond this are refused (a stack must not depend on input).
inline constexpr int kMaxJsonDepth = 64;

/// Why text is not JSON (RFC 8259).
enum class JsonError : uint8_t {
  kNone,
  kTruncated,         ///< the text ends too early
  kUnexpected,        ///< another character than the grammar allows
  kControlCharacter,  ///< unescaped below 0x20 inside a string
  kBadEscape,
  kHalfSurrogate,  ///< an escaped half of a UTF-16 pair
  kInvalidUtf8,
  kBadNumber,
  kTooDeep,
};

/// A string as it stands in the text, without its quotes; checked, not yet unescaped.
struct JsonStringToken {
  std::string_view text;
  bool escaped = false;
};

/// Reads one JSON text from left to right; the only code that knows the grammar. Every token is
/// fully checked when it is passed, UTF-8 included, so that a record read to its end is valid JSON.
/// After a failure `error()` and `error_offset()` say what and where.
///
/// simdjson is not used here for a reason: its document drops the text of numbers (decimals must be
/// exact, json fields keep their bytes), refuses integers above 64 bits, and needs a padded copy of
/// each record. The tests use it as an independent judge of what is valid.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text)
      : begin_(text.data()), cursor_(text.data()), end_(text.data() + text.size()) {}

  /// The next character; 0 at the end (0 is never valid JSON).
  char Peek() const { return cursor_ < end_ ? *cursor_ : '\0'; }
  bool AtEnd() const { return cursor_ == end_; }
  const char* cursor() const { return cursor_; }
  /// Goes back to a place that `cursor()` gave.
  void Rewind(const char* cursor) {
    cursor_ = cursor;
    error_ = JsonError::kNone;
  }

  void SkipSpace() {
    while (cursor_ < end_ && static_cast<unsigned char>(*cursor_) <= ' ') {
      const char c = *cursor_;
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return;
      ++cursor_;
    }
  }
  bool Consume(char expected) {
    if (cursor_ < end_ && *cursor_ == expected) {
      ++cursor_;
      return true;
    }
    return false;
  }
  /// As Consume; a miss is an error.
  bool Expect(char expected) { return Consume(expected) || FailHere(); }
  /// Passes `text` when it comes next.
  bool ConsumeText(std::string_view text) {
    if (static_cast<size_t>(end_ - cursor_) < text.size() ||
        __builtin_memcmp(cursor_, text.data(), text.size()) != 0) {
      return false;
    }
    cursor_ += text.size();
    return true;
  }

  /// As ConsumeText, of 8 to 16 bytes given as their first and last 8.
  bool ConsumeWords(uint64_t start, uint64_t finish, size_t size) {
    if (static_cast<size_t>(end_ - cursor_) < size) return false;
    uint64_t first = 0, last = 0;
    __builtin_memcpy(&first, cursor_, 8);
    __builtin_memcpy(&last, cursor_ + size - 8, 8);
    if (first != start || last != finish) return false;
    cursor_ += size;
    return true;
  }

  /// The `size` bytes of a string of exactly that length that starts here, else "": unchecked, to
  /// be passed with `PassString` only if they turn out to be plain characters.
  std::string_view PeekString(size_t size) const {
    const bool fits = static_cast<size_t>(end_ - cursor_) >= size + 2 && cursor_[0] == '"' &&
                      cursor_[size + 1] == '"';
    return fits ? std::string_view(cursor_ + 1, size) : std::string_view();
  }
  void PassString(size_t size) { cursor_ += size + 2; }

  /// At an opening quote.
  bool ScanString(JsonStringToken& token) {
    if (!Consume('"')) return FailHere();
    const char* start = cursor_;
    const char* p = start;
    int high_bits = 0;
    while (end_ - p >= 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      const int stop = StopMask(block);
      const int high = _mm_movemask_epi8(block);
      if (stop != 0) {
        const int length = __builtin_ctz(static_cast<unsigned>(stop));
        high_bits |= high & ((1 << length) - 1);
        return EndString(start, p + length, high_bits != 0, token);
      }
      high_bits |= high;
      p += 16;
    }
    while (p < end_ && !IsStop(*p)) high_bits |= static_cast<signed char>(*p++) < 0 ? 1 : 0;
    return EndString(start, p, high_bits != 0, token);
  }
  bool ScanNumber(std::string_view& text);
  /// true, false or null, whichever starts at the cursor.
  bool ScanLiteral(std::string_view literal) {
    return ConsumeText(literal) || FailLiteral(literal);
  }
  /// Passes any value; `raw` gets its text.
  bool SkipValue(std::string_view& raw, int depth = 0);

  JsonError error() const { return error_; }
  size_t error_offset() const { return static_cast<size_t>(error_at_ - begin_); }
  /// `truncated`, `invalid UTF-8 at byte 17`.
  std::string DescribeError() const;
  bool FailHere() {
    return Fail(AtEnd() ? JsonError::kTruncated : JsonError::kUnexpected, cursor_);
  }

 private:
  static int StopMask(__m128i block) {
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i highest_control = _mm_set1_epi8(0x1f);
    const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(block, highest_control), highest_control);
    return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
  }
  static bool IsStop(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  }
  bool EndString(const char* start, const char* stop, bool high_bits, JsonStringToken& token) {
    if (stop < end_ && *stop == '"' && !high_bits) [[likely]] {
      token.text = {start, static_cast<size_t>(stop - start)};
      token.escaped = false;
      cursor_ = stop + 1;
      return true;
    }
    return EndUnusualString(start, stop, token);
  }
  bool EndUnusualString(const char* start, const char* stop, JsonStringToken& token);
  bool PassEscape(const char*& p);
  bool SkipContainer(char open, int depth);
  bool Fail(JsonError error, const char* at) {
    error_ = error;
    error_at_ = at;
    return false;
  }
  bool FailLiteral(std::string_view literal);

  const char* begin_;
  const char* cursor_;
  const char* end_;
  const char* error_at_ = nullptr;
  JsonError error_ = JsonError::kNone;
};

/// The characters of a checked string; escaped ones are written to `arena`.
std::string_view UnescapeJson(const JsonStringToken& token, StringArena& arena);

}  // namespace weir
