#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/base/int128.h"

namespace weir {

enum class DigestKind : uint8_t { kMd5, kSha1, kSha256 };

/// A cryptographic hash by OpenSSL; 16, 20 or 32 bytes of the result are used.
struct Digest {
  std::array<uint8_t, 32> bytes{};
  size_t size = 0;
};
Digest ComputeDigest(DigestKind kind, std::string_view bytes);

/// The first 16 bytes of a digest, marked as a UUID of `version` (RFC 4122, variant 1).
Fixed16 UuidFromDigest(const Digest& digest, int version);

}  // namespace weir
