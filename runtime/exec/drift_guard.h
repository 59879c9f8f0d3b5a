#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "runtime/base/clock.h"

namespace weir {

/// Keeps the partitions of one source together in event time, over all workers (guarantees.md rule
/// 23): one that is more than `drift` ahead of the slowest is not read, so that little state waits
/// for the slowest one. Only partitions with records to read hold others back: those that have
/// ended, are idle or at their end don't. Shared by the source's tasks; any thread.
class DriftGuard {
 public:
  DriftGuard(uint32_t workers, Micros drift);

  /// The slowest watermark of the worker's partitions that hold others back; kMaxTimestamp: none.
  void Report(uint32_t worker, Micros slowest);

  /// Whether a partition at `watermark` must wait. The slowest one never must; the answer may lag
  /// behind other workers by a moment.
  bool MustWait(Micros watermark) const;

 private:
  /// On lines of their own: written with every batch.
  struct alignas(64) Slot {
    std::atomic<Micros> slowest{kMaxTimestamp};
  };
  const uint32_t workers_;
  const Micros drift_;
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace weir
