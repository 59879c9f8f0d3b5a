#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir {

/// Little-endian numbers and length-prefixed texts, as they stand in files of a log.
template <typename T>
void PutNumber(T value, std::string& out) {
  static_assert(std::is_integral_v<T>);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

inline void PutText(std::string_view text, std::string& out) {
  PutNumber(static_cast<uint32_t>(text.size()), out);
  out += text;
}

template <typename T>
T LoadNumber(const char* bytes) {
  T value{};
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

/// Reads what the functions above wrote; once something is missing everything fails.
class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T Number() {
    if (rest_.size() < sizeof(T)) {
      ok_ = false;
      rest_ = {};
      return T{};
    }
    const T value = LoadNumber<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return value;
  }

  std::string_view Text() { return Bytes(Number<uint32_t>()); }

  std::string_view Bytes(size_t size) {
    if (rest_.size() < size) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  /// Whether `count` things of at least `size` bytes can still come; guards allocations.
  bool HasRoomFor(uint64_t count, size_t size) {
    if (count > rest_.size() / size) ok_ = false;
    return ok_;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace weir
