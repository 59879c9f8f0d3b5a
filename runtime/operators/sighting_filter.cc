#include "runtime/operators/sighting_filter.h"

#include <cstring>

namespace weir {
namespace {

/// Odd numbers: each makes another bit of the same hash.
constexpr uint32_t kSalts[] = {0x9E3779B1U, 0x85EBCA77U, 0xC2B2AE3DU, 0x27D4EB2FU,
                               0x165667B1U, 0xD6E8FEB9U, 0xA0761D65U, 0xE7037ED1U};

}  // namespace

SightingFilter::SightingFilter(size_t keys)
    : blocks_((keys * kBitsPerKey + sizeof(Block) * 8) / (sizeof(Block) * 8)) {}

std::optional<SightingFilter> SightingFilter::From(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(Block) != 0) return std::nullopt;
  SightingFilter filter(0);
  filter.blocks_.resize(bytes.size() / sizeof(Block));
  std::memcpy(filter.blocks_.data(), bytes.data(), bytes.size());
  return filter;
}

uint64_t SightingFilter::BitOf(uint64_t hash, size_t word) {
  return uint64_t{1} << (static_cast<uint32_t>(hash) * kSalts[word] >> 26);
}

void SightingFilter::Add(uint64_t hash) {
  Block& block = blocks_[BlockOf(hash)];
  for (size_t word = 0; word < kWords; ++word) block.words[word] |= BitOf(hash, word);
}

bool SightingFilter::MayHave(uint64_t hash) const {
  const Block& block = blocks_[BlockOf(hash)];
  uint64_t missing = 0;
  for (size_t word = 0; word < kWords; ++word) missing |= ~block.words[word] & BitOf(hash, word);
  return missing == 0;
}

}  // namespace weir
