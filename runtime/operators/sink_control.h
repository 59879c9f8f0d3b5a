#pragma once

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
};

}  // namespace weir
