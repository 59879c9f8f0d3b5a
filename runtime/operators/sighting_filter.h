#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace weir {

/// Says of a key that it is not there, or that it may be: a blocked Bloom filter (F. Putze, P.
/// Sanders, J. Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007), so that a look
/// costs one cache line. A block is 512 bits, a bit of each of its eight words is set, as in the
/// split blocks of Apache Parquet's filter. At 12 bits a key one look in 200 errs. One thread.
class SightingFilter {
 public:
  static constexpr size_t kBitsPerKey = 12;

  /// For so many keys.
  explicit SightingFilter(size_t keys);
  /// As bytes() had it; none when it can't be.
  static std::optional<SightingFilter> From(std::string_view bytes);

  void Add(uint64_t hash);
  bool MayHave(uint64_t hash) const;
  [[gnu::always_inline]] void Prefetch(uint64_t hash) const {
    __builtin_prefetch(&blocks_[BlockOf(hash)]);
  }
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(blocks_.data()), ByteSize()};
  }
  size_t ByteSize() const { return blocks_.size() * sizeof(Block); }

 private:
  static constexpr size_t kWords = 8;
  struct alignas(64) Block {
    std::array<uint64_t, kWords> words{};
  };
  static uint64_t BitOf(uint64_t hash, size_t word);
  // The top 8 bits are those of the key group, the low half chooses bits.
  size_t BlockOf(uint64_t hash) const {
    return static_cast<size_t>(((hash << 8 >> 32) * blocks_.size()) >> 32);
  }

  std::vector<Block> blocks_;
};

}  // namespace weir
