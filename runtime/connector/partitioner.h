#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

/// The 32-bit MurmurHash2 of Kafka's Java client, bit for bit: rows of a key get the same partition
/// whoever writes them.
uint32_t Murmur2(std::string_view bytes);

/// The partition of a record with a key, as Kafka's default partitioner chooses it.
inline uint32_t PartitionOfKey(std::string_view key, uint32_t num_partitions) {
  return (Murmur2(key) & 0x7fffffffU) % num_partitions;
}

/// Partitions for records without a key: stays with one until it got a batch's worth of bytes, then
/// goes on to the next. One thread.
class StickyPartitioner {
 public:
  /// `first`: where to begin, so that several writers don't all start with the same one.
  StickyPartitioner(uint32_t num_partitions, uint32_t first)
      : num_partitions_(num_partitions), current_(first % num_partitions) {}

  /// The partition of the next record, of `bytes`.
  uint32_t Next(size_t bytes) {
    if (filled_ >= kBytesPerTurn) {
      filled_ = 0;
      current_ = (current_ + 1) % num_partitions_;
    }
    filled_ += bytes;
    return current_;
  }

 private:
  static constexpr size_t kBytesPerTurn = 16 * 1024;

  uint32_t num_partitions_;
  uint32_t current_;
  size_t filled_ = 0;
};

}  // namespace weir
