#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace weir {

class Collector;

/// What the task asks of operators that write to the outside (SinkOperator, ViewOperator), besides
/// the Operator calls. Same thread as the operator. Order of calls at a barrier: Freeze, then
/// Operator::Snapshot; after the commit of that barrier: Deliver. At the end of input: Finish,
/// Freeze, Snapshot, Deliver, Close. When drained on request: no Finish.
class SinkControl {
 public:
  virtual ~SinkControl() = default;
  /// Pending rows belong to the checkpoint `epoch`.
  virtual Status Freeze(uint64_t epoch) = 0;
  /// Rows that the target has refused leave through `out` (the sink's
  /// `refused` route); they belong to the next barrier.
  virtual Status Deliver(Collector& out) = 0;
  /// Deliver has more to do: the target has not answered for all that is frozen.
  virtual bool HasUndelivered() const = 0;
  /// Called between batches, a few times per second at least: time-based units.
  virtual Status Tick(Micros now) = 0;
  virtual Status Close() = 0;
  /// Rows are counted and not handed to the target, up to the barrier that `barrier` says when that
  /// comes (UINT64_MAX until then). Before the first row.
  void MuteUntil(std::shared_ptr<const std::atomic<uint64_t>> barrier) {
    unmuted_at_ = std::move(barrier);
  }

 protected:
  bool muted() const { return unmuted_at_ != nullptr; }
  /// In Freeze, when the rows before the barrier are dealt with.
  void PassBarrier(uint64_t epoch) {
    if (muted() && epoch >= unmuted_at_->load(std::memory_order_acquire)) unmuted_at_ = nullptr;
  }

 private:
  std::shared_ptr<const std::atomic<uint64_t>> unmuted_at_;
};

}  // namespace weir
