#pragma once

#include <cstdint>

#include "runtime/base/int128.h"

namespace weir {

/// The first `bits` of an address, the others 0. Out of range counts as all or none.
inline int64_t TruncateIpv4(int64_t address, int64_t bits) {
  if (bits <= 0) return 0;
  if (bits >= 32) return address;
  return address & static_cast<int64_t>(uint32_t{0xFFFFFFFF} << (32 - bits));
}

inline Fixed16 TruncateIpv6(Fixed16 address, int64_t bits) {
  const auto mask = [](int64_t count) {
    if (count <= 0) return uint64_t{0};
    return count >= 64 ? ~uint64_t{0} : ~uint64_t{0} << (64 - count);
  };
  return {address.high & mask(bits), address.low & mask(bits - 64)};
}

}  // namespace weir
