#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/int128.h"
#include "runtime/types/data_type.h"

namespace weir {

/// Collects the bytes of rows in a buffer that stays in the cache and moves it to a string in large
/// pieces: one bounds check per value, none per byte.
class TextWriter {
 public:
  TextWriter();

  /// Where the bytes go until Flush.
  void Begin(std::string& out) { out_ = &out; }
  void Flush();
  /// Length of the string as it will be after Flush.
  size_t size() const { return out_->size() + static_cast<size_t>(cursor_ - buffer_.get()); }

  void Put(char c) {
    Reserve(1);
    *cursor_++ = c;
  }
  void Put(std::string_view text) {
    if (text.size() > kSlack) {
      PutLong(text);
      return;
    }
    if (text.empty()) return;  // an empty view may point nowhere
    Reserve(text.size());
    std::memcpy(cursor_, text.data(), text.size());
    cursor_ += text.size();
  }
  /// `text` of at most 32 bytes whose memory is readable for 32.
  void PutShort(const char* text, size_t size) {
    Reserve(32);
    std::memcpy(cursor_, text, 32);
    cursor_ += size;
  }
  /// A JSON string with quotes and escapes; `text` is valid UTF-8.
  void PutJsonString(std::string_view text);
  void PutInteger(int64_t value);
  void PutUnsigned(uint64_t value);
  void PutDecimal(int64_t unscaled, int scale);
  void PutUuid(Fixed16 value);
  void PutTimestamp(int64_t micros);
  void PutIpv4(int64_t value);

  /// Closes a list whose members each ended with a comma: that of the last becomes `close`. An
  /// empty one ends with `open`.
  void EndList(char open, char close);

 private:
  static constexpr size_t kBuffer = 64 * 1024;
  static constexpr size_t kSlack = 1024;

  void Reserve(size_t bytes) {
    if (static_cast<size_t>(end_ - cursor_) < bytes) Flush();
  }
  void PutLong(std::string_view text);
  void PutTwoDigits(unsigned value);

  std::unique_ptr<char[]> buffer_;
  char* cursor_;
  char* end_;
  std::string* out_ = nullptr;
  // Rows of one day come together.
  int64_t day_ = INT64_MIN;
  char day_text_[11] = {};  ///< `2026-01-01T`
};

}  // namespace weir
