#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

/// Stable hash (XXH3, 64 bits) of bytes: the same on every machine, in every version, since key
/// groups on disk depend on it.
uint64_t HashBytes(const void* data, size_t size);
inline uint64_t HashBytes(std::string_view bytes) { return HashBytes(bytes.data(), bytes.size()); }

/// Number of key groups; each belongs to one worker. Fixed: stored state depends on it.
inline constexpr uint32_t kNumKeyGroups = 256;

inline uint32_t KeyGroupOf(uint64_t key_hash) { return static_cast<uint32_t>(key_hash >> 56); }

/// Worker that owns `key_group` when there are `num_workers`: contiguous ranges.
inline uint32_t WorkerOfKeyGroup(uint32_t key_group, uint32_t num_workers) {
  return key_group * num_workers / kNumKeyGroups;
}

}  // namespace weir
