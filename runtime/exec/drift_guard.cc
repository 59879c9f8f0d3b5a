#include "runtime/exec/drift_guard.h"

#include <algorithm>

namespace weir {

DriftGuard::DriftGuard(uint32_t workers, Micros drift)
    : workers_(workers), drift_(drift), slots_(new Slot[workers]) {}

void DriftGuard::Report(uint32_t worker, Micros slowest) {
  slots_[worker].slowest.store(slowest, std::memory_order_relaxed);
}

bool DriftGuard::MustWait(Micros watermark) const {
  Micros slowest = kMaxTimestamp;
  for (uint32_t i = 0; i < workers_; ++i) {
    slowest = std::min(slowest, slots_[i].slowest.load(std::memory_order_relaxed));
  }
  return slowest < kMaxTimestamp - drift_ && watermark > slowest + drift_;
}

}  // namespace weir
