#pragma once

#include <cstdint>
#include <deque>

#include "runtime/base/clock.h"

namespace weir {

/// Rate of a growing counter over a sliding span of clock time. Fed a few times per second by
/// whoever shows it. One thread.
class RateMeter {
 public:
  explicit RateMeter(Micros span = 5 * kMicrosPerSecond) : span_(span) {}

  /// The counter stood at `count` at clock time `now`.
  void Observe(Micros now, int64_t count);
  /// Counts per second over the observed part of the span; 0 with fewer than two observations.
  double PerSecond() const;

 private:
  struct Sample {
    Micros time;
    int64_t count;
  };
  Micros span_;
  std::deque<Sample> samples_;
};

}  // namespace weir
