#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/int128.h"
#include "runtime/base/string_map.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// First sightings whose event time falls into one slice of time. Dropped as a whole. Keys of 16
/// bytes (uuid) are stored in place; others as strings. One thread.
class DedupeBucket {
 public:
  /// `keeps_new`: for a snapshot.
  DedupeBucket(bool keys_of_16_bytes, bool keeps_new)
      : fixed_(keys_of_16_bytes), keeps_new_(keeps_new) {}

  /// Brings the place where `key` would be into the cache.
  void Prefetch(std::string_view key, uint64_t hash) const;
  /// Event time of the first sighting of `key` in this bucket; null when there is none.
  const Micros* Find(std::string_view key, uint64_t hash) const;
  void Insert(std::string_view key, uint64_t hash, Micros event_time);
  size_t size() const;
  size_t ByteSize() const;
  size_t new_bytes() const { return new_bytes_; }

  /// Sightings not yet part of a snapshot, as blobs: by key group, empty where there is none.
  std::vector<std::string> TakeNew() {
    new_bytes_ = 0;
    return std::exchange(unsaved_, {});
  }
  /// Adds the sightings of a blob. False when it is damaged.
  bool AddBlob(std::string_view blob);

  bool dropped = false;  ///< no longer looked at

  /// Blobs written for this bucket, to be deleted with it: (key group, key of the blob).
  std::vector<std::pair<uint32_t, std::string>> written;

  /// The newest blob of a key group while it is short: it is written again, grown, rather than one
  /// more tiny blob at each checkpoint.
  struct Tail {
    std::string key;
    std::string blob;
  };
  std::map<uint32_t, Tail> tails;

 private:
  struct FixedHash {
    size_t operator()(const Fixed16& key) const {
      const uint64_t mixed = (key.high ^ (key.low * 0x9E3779B97F4A7C15ULL)) * 0xD6E8FEB86659FD93ULL;
      return static_cast<size_t>(mixed ^ (mixed >> 32));
    }
  };
  // Parts keep the pause of a growing table short.
  static constexpr size_t kParts = 16;
  static size_t PartOf(uint64_t hash) { return (hash >> 44) & (kParts - 1); }
  void AddToBlob(std::string_view key, Micros event_time, std::string& blob) const;

  const bool fixed_;
  std::array<absl::flat_hash_map<Fixed16, Micros, FixedHash>, kParts> fixed_keys_;
  std::array<StringMap<Micros>, kParts> string_keys_;
  bool keeps_new_;
  size_t new_bytes_ = 0;
  size_t text_bytes_ = 0;             ///< of keys that are strings
  std::vector<std::string> unsaved_;  ///< since TakeNew; empty: there are none
};

}  // namespace weir
