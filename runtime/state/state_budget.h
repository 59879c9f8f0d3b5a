#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/state/state_table.h"

namespace weir {

/// `state_memory`: how many bytes the keyed state of a job may take in memory, all workers and
/// operators together. Thread-safe.
class StateBudget {
 public:
  StateBudget(size_t limit, uint32_t workers) : limit_(limit), used_(workers) {}

  size_t limit() const { return limit_; }
  /// What the operators of a worker take; by that worker.
  void Report(uint32_t worker, const StateMemory& memory) {
    Used& used = used_[worker];
    used.total.store(memory.total, std::memory_order_relaxed);
    used.fixed.store(memory.fixed, std::memory_order_relaxed);
    used.dirty.store(memory.dirty, std::memory_order_relaxed);
  }
  /// As last reported by each.
  StateMemory Sum() const {
    StateMemory sum;
    for (const Used& used : used_) {
      sum.Add({used.total.load(std::memory_order_relaxed),
               used.fixed.load(std::memory_order_relaxed),
               used.dirty.load(std::memory_order_relaxed)});
    }
    return sum;
  }

 private:
  struct alignas(64) Used {
    std::atomic<size_t> total{0}, fixed{0}, dirty{0};
  };

  const size_t limit_;
  std::vector<Used> used_;
};

}  // namespace weir
