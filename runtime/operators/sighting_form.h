#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/types/data_type.h"

namespace weir {

/// A key that was seen for the first time, and its event time.
struct Sighting {
  std::string_view key;
  Micros time = 0;
};

/// How sightings lie one behind the other, in memory as on disk:
/// `[size of the key: 4][key][event time: 8]`, little-endian. Keys of 16 bytes (uuid) have no size.
class SightingForm {
 public:
  /// Before the sightings of a stored blob or page.
  static constexpr char kVersion = 1;
  static constexpr size_t kFixedKey = 16;

  explicit SightingForm(bool keys_of_16_bytes) : fixed_(keys_of_16_bytes) {}
  /// Whether keys of these columns, as KeyEncoder makes them, have 16 bytes.
  static bool IsFor(const std::vector<DataType>& types) {
    return types.size() == 1 && types[0].physical() == Physical::kFixed16 && !types[0].optional();
  }

  bool fixed() const { return fixed_; }
  size_t SizeOf(std::string_view key) const {
    return (fixed_ ? 0 : sizeof(uint32_t)) + key.size() + sizeof(Micros);
  }
  /// Writes SizeOf(key) bytes.
  void Write(std::string_view key, Micros time, char* to) const {
    if (!fixed_) {
      const auto size = static_cast<uint32_t>(key.size());
      std::memcpy(to, &size, sizeof(size));
      to += sizeof(size);
    }
    const size_t size = fixed_ ? kFixedKey : key.size();
    std::memcpy(to, key.data(), size);
    std::memcpy(to + size, &time, sizeof(time));
  }
  /// Whether the sighting at `at` is one of `key`; its time.
  bool IsOf(const char* at, std::string_view key, Micros& time) const {
    if (fixed_) {
      if (!Same16(at, key.data())) return false;
    } else {
      uint32_t size = 0;
      std::memcpy(&size, at, sizeof(size));
      at += sizeof(size);
      if (size != key.size() || std::memcmp(at, key.data(), size) != 0) return false;
    }
    std::memcpy(&time, at + key.size(), sizeof(time));
    return true;
  }
  /// Takes the first one off `in`; false when `in` ends within it.
  bool Take(std::string_view& in, Sighting& out) const {
    uint32_t size = kFixedKey;
    size_t head = 0;
    if (!fixed_) {
      if (in.size() < sizeof(size)) return false;
      std::memcpy(&size, in.data(), sizeof(size));
      head = sizeof(size);
    }
    if (in.size() - head < size + sizeof(Micros)) return false;
    out.key = in.substr(head, size);
    std::memcpy(&out.time, in.data() + head + size, sizeof(out.time));
    in.remove_prefix(head + size + sizeof(Micros));
    return true;
  }
  /// Looks through `in`, whose sightings are whole.
  std::optional<Micros> Find(std::string_view in, std::string_view key) const {
    Micros time = 0;
    while (!in.empty()) {
      if (IsOf(in.data(), key, time)) return time;
      Sighting passed;
      if (!Take(in, passed)) break;
    }
    return std::nullopt;
  }

 private:
  static bool Same16(const char* a, const char* b) {
    uint64_t x[2], y[2];
    std::memcpy(x, a, sizeof(x));
    std::memcpy(y, b, sizeof(y));
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
  }

  bool fixed_;
};

}  // namespace weir
