#include "runtime/time/partition_watermark.h"

#include <algorithm>

namespace weir {
namespace {

/// Saturates: event times may be anywhere in the type's range.
Micros Minus(Micros a, Micros b) {
  Micros result = 0;
  return __builtin_sub_overflow(a, b, &result) ? kMinTimestamp : result;
}
Micros Plus(Micros a, Micros b) {
  Micros result = 0;
  return __builtin_add_overflow(a, b, &result) ? kMaxTimestamp : result;
}

Micros FloorToStep(Micros time) {
  if (time < kMinTimestamp + PartitionWatermark::kStep) return kMinTimestamp;
  Micros steps = time / PartitionWatermark::kStep;
  if (time % PartitionWatermark::kStep < 0) --steps;
  return steps * PartitionWatermark::kStep;
}

/// The first event time that moves a watermark that stands at `current`.
Micros StepAfter(Micros current, Micros lag) {
  return Plus(Plus(FloorToStep(current), PartitionWatermark::kStep), lag);
}

}  // namespace

bool PartitionWatermark::Advance() {
  const Micros reached = FloorToStep(Minus(max_event_time_, lag_));
  const bool moved = reached > current_;
  current_ = std::max(reached, current_);
  next_step_ = StepAfter(current_, lag_);
  return moved;
}

bool PartitionWatermark::Heartbeat(Micros now) {
  const Micros reached = Minus(now, lag_);
  if (reached <= current_) return false;
  current_ = reached;
  next_step_ = StepAfter(current_, lag_);
  return true;
}

void PartitionWatermark::Restore(Micros current, Micros max_event_time) {
  current_ = current;
  max_event_time_ = max_event_time;
  next_step_ = kMinTimestamp;
}

}  // namespace weir
