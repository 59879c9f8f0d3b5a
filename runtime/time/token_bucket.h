#pragma once

#include <cstdint>

#include "runtime/base/clock.h"

namespace weir {

/// Limits rows per second by a clock that the caller reads. Holds at most a tenth of a second of
/// tokens, so that a pause is not followed by a burst. One thread.
class TokenBucket {
 public:
  /// 0: no limit.
  explicit TokenBucket(double rows_per_second = 0) : rate_(rows_per_second) {}

  /// How many of `wanted` rows may be read at `now`.
  int64_t Available(Micros now, int64_t wanted);
  /// `rows` were read.
  void Take(int64_t rows) {
    if (rate_ > 0) tokens_ -= static_cast<double>(rows);
  }
  /// Clock time at which at least one row may be read.
  Micros NextAt(Micros now) const;

 private:
  void Refill(Micros now);

  double rate_;
  double tokens_ = 0;
  Micros last_ = kMinTimestamp;
};

}  // namespace weir
