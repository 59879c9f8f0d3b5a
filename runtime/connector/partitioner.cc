#include "runtime/connector/partitioner.h"

#include <cstring>

namespace weir {
namespace {

constexpr uint32_t kMultiplier = 0x5bd1e995;
constexpr uint32_t kSeed = 0x9747b28c;

}  // namespace

uint32_t Murmur2(std::string_view bytes) {
  uint32_t hash = kSeed ^ static_cast<uint32_t>(bytes.size());
  const char* p = bytes.data();
  size_t left = bytes.size();
  for (; left >= 4; p += 4, left -= 4) {
    uint32_t word = 0;
    std::memcpy(&word, p, sizeof(word));  // little endian, as the client reads it
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ word;
  }
  const auto byte = [p](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(p[i]));
  };
  if (left >= 3) hash ^= byte(2) << 16;
  if (left >= 2) hash ^= byte(1) << 8;
  if (left >= 1) {
    hash ^= byte(0);
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return hash;
}

}  // namespace weir
