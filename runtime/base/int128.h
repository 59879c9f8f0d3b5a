#pragma once

#include <cstdint>

namespace weir {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

/// 16 opaque bytes in network order: uuid, ipv6. Compares as the bytes do.
struct Fixed16 {
  uint64_t high = 0;
  uint64_t low = 0;
  friend bool operator==(const Fixed16&, const Fixed16&) = default;
  friend auto operator<=>(const Fixed16&, const Fixed16&) = default;
};

}  // namespace weir
