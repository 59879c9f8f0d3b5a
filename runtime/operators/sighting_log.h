#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/operators/sighting_form.h"

namespace weir {

/// Sightings in memory, in order of arrival, each key once, with an index by hash. What was written
/// to disk is a range of it; the front leaves when it is there. Positions are bytes since the first
/// sighting ever, so they stay what they were when the front has left. One thread.
class SightingLog {
 public:
  explicit SightingLog(bool keys_of_16_bytes) : form_(keys_of_16_bytes) {}

  [[gnu::always_inline]] void Prefetch(uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & (slots_.size() - 1) & ~size_t{7}]);
  }
  bool Find(std::string_view key, uint64_t hash, Micros& time) const;
  /// `key` is not there yet. Returns by how much ByteSize has grown.
  size_t Add(std::string_view key, uint64_t hash, Micros time);
  /// The same for whole sightings one behind the other; false when they are damaged.
  bool AddAll(std::string_view sightings);
  /// What lies before `position` leaves.
  void DropFront(uint64_t position);

  bool empty() const { return bytes_.empty(); }
  size_t count() const { return count_; }
  uint64_t begin() const { return base_; }
  uint64_t end() const { return base_ + bytes_.size(); }
  std::string_view Bytes(uint64_t from, uint64_t to) const {
    return {bytes_.data() + (from - base_), static_cast<size_t>(to - from)};
  }
  size_t ByteSize() const { return bytes_.capacity() + slots_.capacity() * sizeof(uint64_t); }

 private:
  // A slot is [place in bytes_, plus 1: 40 bits][bits of the hash: 24]; 0: empty. Most keys that
  // are not there are found not to be without a look at what slots point to.
  static constexpr uint64_t kTag = (uint64_t{1} << 24) - 1;
  static uint64_t TagOf(uint64_t hash) { return (hash >> 32) & kTag; }
  void PutSlot(uint64_t hash, size_t place);
  /// Makes the index anew, of `slots` slots.
  void Index(size_t slots);
  void MakeRoom(size_t size);

  SightingForm form_;
  std::vector<char> bytes_;
  std::vector<uint64_t> slots_;  ///< open addressing; a power of two, or none
  size_t count_ = 0;
  uint64_t base_ = 0;
};

}  // namespace weir
