#include "stdlib/aggregate/distinct_sketch.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/hyper_log_log.h"

namespace weir {
namespace {

constexpr uint32_t kFirstCapacity = 8;
/// 0 marks a free slot, so its hash becomes another one.
uint64_t Stored(uint64_t hash) { return hash == 0 ? 1 : hash; }

}  // namespace

template <typename Body>
void DistinctSketch::ForEach(Body&& body) const {
  const uint32_t slots_used = capacity_ == 0 ? count_ : capacity_;
  for (uint32_t i = 0; i < slots_used; ++i) {
    if (slots()[i] != 0) body(slots()[i]);
  }
}

void DistinctSketch::Add(uint64_t hash) {
  if (is_hll()) {
    AddToHll(hash, registers());
  } else {
    Insert(Stored(hash));
  }
}

void DistinctSketch::Insert(uint64_t hash) {
  if (capacity_ == 0) {
    if (count_ == 0) {
      inline_ = hash;
      count_ = 1;
      return;
    }
    if (inline_ == hash) return;
    Rehash(kFirstCapacity);
  }
  const uint32_t mask = capacity_ - 1;
  uint32_t slot = static_cast<uint32_t>(hash) & mask;
  while (heap_[slot] != 0) {
    if (heap_[slot] == hash) return;
    slot = (slot + 1) & mask;
  }
  heap_[slot] = hash;
  ++count_;
  if (count_ > kExactLimit) {
    TurnIntoHll();
  } else if (count_ * 4 > capacity_ * 3) {
    Rehash(capacity_ * 2);
  }
}

void DistinctSketch::Rehash(uint32_t capacity) {
  auto* table = new uint64_t[capacity]();
  ForEach([&](uint64_t hash) {
    uint32_t slot = static_cast<uint32_t>(hash) & (capacity - 1);
    while (table[slot] != 0) slot = (slot + 1) & (capacity - 1);
    table[slot] = hash;
  });
  Free();
  heap_ = table;
  capacity_ = capacity;
}

void DistinctSketch::TurnIntoHll() {
  auto* table = new uint64_t[kHllRegisters / sizeof(uint64_t)]();
  ForEach([&](uint64_t hash) { AddToHll(hash, reinterpret_cast<uint8_t*>(table)); });
  Free();
  heap_ = table;
  capacity_ = kHll;
}

void DistinctSketch::Free() {
  if (capacity_ != 0) delete[] heap_;
}

void DistinctSketch::Merge(const DistinctSketch& other) {
  if (!other.is_hll()) {
    other.ForEach([this](uint64_t hash) { Add(hash); });
    return;
  }
  if (!is_hll()) TurnIntoHll();
  for (size_t i = 0; i < kHllRegisters; ++i) {
    registers()[i] = std::max(registers()[i], other.registers()[i]);
  }
}

int64_t DistinctSketch::Estimate() const {
  if (!is_hll()) return count_;
  return std::llround(
      EstimateHll(std::span<const uint8_t, kHllRegisters>(registers(), kHllRegisters)));
}

void DistinctSketch::Save(std::string& out) const {
  PutRaw(is_hll() ? kHll : count_, out);
  if (is_hll()) {
    out.append(reinterpret_cast<const char*>(registers()), kHllRegisters);
    return;
  }
  // Sorted: the bytes of equal sets are equal.
  std::vector<uint64_t> hashes;
  hashes.reserve(count_);
  ForEach([&](uint64_t hash) { hashes.push_back(hash); });
  std::sort(hashes.begin(), hashes.end());
  for (uint64_t hash : hashes) PutRaw(hash, out);
}

bool DistinctSketch::Load(std::string_view& in) {
  uint32_t count = 0;
  if (!TakeRaw(in, count)) return false;
  if (count == kHll) {
    if (in.size() < kHllRegisters) return false;
    TurnIntoHll();
    std::memcpy(registers(), in.data(), kHllRegisters);
    in.remove_prefix(kHllRegisters);
    // A damaged register must not index out of the estimator's counts.
    return std::all_of(registers(), registers() + kHllRegisters,
                       [](uint8_t rank) { return rank <= 64 - kHllBits + 1; });
  }
  if (count > kExactLimit) return false;
  for (uint32_t i = 0; i < count; ++i) {
    uint64_t hash = 0;
    if (!TakeRaw(in, hash)) return false;
    Add(hash);
  }
  return true;
}

}  // namespace weir
