#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// Counts distinct hashes: exactly up to kExactLimit, then with HyperLogLog (0.81 % standard
/// error). Which of the two depends only on the set of hashes, so any order and any merging give
/// the same. 16 bytes by itself; one hash is inline, more are on the heap: most groups have few.
class DistinctSketch {
 public:
  static constexpr uint32_t kExactLimit = 4096;

  DistinctSketch() = default;
  ~DistinctSketch() { Free(); }
  DistinctSketch(const DistinctSketch&) = delete;
  DistinctSketch& operator=(const DistinctSketch&) = delete;

  void Add(uint64_t hash);
  void Merge(const DistinctSketch& other);
  int64_t Estimate() const;

  void Save(std::string& out) const;
  bool Load(std::string_view& in);  ///< into an empty one

 private:
  static constexpr uint32_t kHll = UINT32_MAX;  ///< as capacity

  uint64_t* slots() { return capacity_ == 0 ? &inline_ : heap_; }
  const uint64_t* slots() const { return capacity_ == 0 ? &inline_ : heap_; }
  bool is_hll() const { return capacity_ == kHll; }
  uint8_t* registers() { return reinterpret_cast<uint8_t*>(heap_); }
  const uint8_t* registers() const { return reinterpret_cast<const uint8_t*>(heap_); }
  void Insert(uint64_t hash);
  void Rehash(uint32_t capacity);
  void TurnIntoHll();
  void Free();

  /// Calls `body(hash)` for each stored hash.
  template <typename Body>
  void ForEach(Body&& body) const;

  uint32_t count_ = 0;     ///< stored hashes
  uint32_t capacity_ = 0;  ///< slots of the heap table, a power of two; 0: inline
  union {
    uint64_t inline_ = 0;
    uint64_t* heap_;  ///< open addressing, 0 is free; or the registers
  };
};

}  // namespace weir
