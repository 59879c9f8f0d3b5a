#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

/// Bytes that wait for a target, over all lanes of a sink. Bounds what sources may still read, not
/// what is inside the job already (guarantees.md rule 13). Thread-safe.
class DeliveryBudget {
 public:
  explicit DeliveryBudget(int64_t limit) : limit_(limit) {}
  void Add(int64_t bytes) { waiting_.fetch_add(bytes, std::memory_order_relaxed); }
  void Remove(int64_t bytes) { waiting_.fetch_sub(bytes, std::memory_order_relaxed); }
  bool HasRoom() const { return waiting() < limit_; }
  int64_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  const int64_t limit_;
  std::atomic<int64_t> waiting_{0};
};

}  // namespace weir
