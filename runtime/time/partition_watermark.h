#pragma once

#include "runtime/base/clock.h"

namespace weir {

/// Watermark of one source partition: a pure function of the event times seen so far, in steps of
/// one second, so that neither batch size nor the number of workers can change which row is late
/// (semantics.md, Time). One thread.
class PartitionWatermark {
 public:
  /// Watermarks stand at whole seconds of event time.
  static constexpr Micros kStep = kMicrosPerSecond;

  /// `lag`: how much disorder is allowed; 0 for ascending time.
  explicit PartitionWatermark(Micros lag = 0) : lag_(lag) {}

  /// kMinTimestamp before the first row.
  Micros current() const { return current_; }
  Micros max_event_time() const { return max_event_time_; }
  /// Event times from here on move the watermark; below it `Observe` changes only the maximum.
  Micros next_step() const { return next_step_; }

  /// A row with `event_time` was read. True when the watermark moved.
  bool Observe(Micros event_time) {
    if (event_time > max_event_time_) max_event_time_ = event_time;
    return event_time >= next_step_ && Advance();
  }

  /// As if time itself had reached `now` (a heartbeat, `idle … advance`, a test's `advance`): the
  /// watermark is at least now - lag. True when it moved.
  bool Heartbeat(Micros now);

  /// Continues after a restart.
  void Restore(Micros current, Micros max_event_time);

 private:
  bool Advance();

  Micros lag_;
  Micros current_ = kMinTimestamp;
  Micros max_event_time_ = kMinTimestamp;
  Micros next_step_ = kMinTimestamp;
};

}  // namespace weir
