#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

// HyperLogLog with 2^14 one-byte registers (Flajolet, Fusy, Gandouet, Meunier 2007) over 64-bit
// hashes, read by the estimator of Ertl, "New cardinality estimation algorithms for HyperLogLog
// sketches" (2017), which needs no tables and no switch between ranges.
// Standard error 1.04 / sqrt(2^14) = 0.81 %.

inline constexpr int kHllBits = 14;
inline constexpr size_t kHllRegisters = size_t{1} << kHllBits;

/// Which register a hash belongs to, and its rank: position of the first 1 in the other bits.
inline void AddToHll(uint64_t hash, uint8_t* registers) {
  const size_t index = hash >> (64 - kHllBits);
  const uint64_t rest = hash << kHllBits;
  const int rank = rest == 0 ? 64 - kHllBits + 1 : __builtin_clzll(rest) + 1;
  if (registers[index] < rank) registers[index] = static_cast<uint8_t>(rank);
}

double EstimateHll(std::span<const uint8_t, kHllRegisters> registers);

}  // namespace weir
