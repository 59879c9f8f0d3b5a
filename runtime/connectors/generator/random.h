#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/base/int128.h"

namespace weir {

/// One step of SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014): also a good mix of a counter.
inline uint64_t MixBits(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/// Random numbers of one record: a function of seed, purpose and number, of nothing before it.
class Random {
 public:
  Random(uint64_t seed, uint64_t purpose, uint64_t number)
      : state_(MixBits(MixBits(seed ^ (purpose * 0xd1342543de82ef95)) ^ number)) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    return MixBits(state_);
  }
  /// 0 <= result < bound.
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<UInt128>(Next()) * bound) >> 64);
  }
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }
  /// 0 <= result < 1.
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Fraction() < probability; }
  double Exponential(double mean) { return -mean * std::log1p(-Fraction()); }
  /// A version 4 uuid.
  Fixed16 Uuid() {
    Fixed16 id{Next(), Next()};
    id.high = (id.high & ~uint64_t{0xf000}) | 0x4000;
    id.low = (id.low & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
    return id;
  }

 private:
  uint64_t state_;
};

}  // namespace weir
