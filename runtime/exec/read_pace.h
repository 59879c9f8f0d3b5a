#pragma once

#include <algorithm>
#include <cstdint>

#include "runtime/base/clock.h"

namespace weir {

/// How many records a source reads at once: few where each becomes a lot of work on its worker
/// (a list of ten thousand elements that is flattened), since what has been read has to be worked
/// off before a stop or a barrier gets through. Begins with one record and doubles while reads are
/// worked off quickly. One thread.
class ReadPace {
 public:
  /// Work of one read: below kQuick the next one may be larger, above kLong it has to be smaller.
  static constexpr Micros kQuick = 50'000;
  static constexpr Micros kLong = 500'000;

  explicit ReadPace(int64_t most) : most_(most) {}

  int64_t size() const { return size_; }
  /// `records` were read at `now`.
  void Started(int64_t records, Micros now) {
    started_ = now;
    was_full_ = records >= size_;
  }
  /// The worker has come back to the source: the last read is worked off.
  void Done(Micros now) {
    if (started_ == kMaxTimestamp) return;
    const Micros took = now - started_;
    if (took > kLong) size_ = std::max<int64_t>(size_ / 2, 1);
    if (took < kQuick && was_full_) size_ = std::min(size_ * 2, most_);
    started_ = kMaxTimestamp;
  }
  /// The time since the last read says nothing about its work: there was something else to wait
  /// for.
  void Forget() { started_ = kMaxTimestamp; }

 private:
  int64_t most_;
  int64_t size_ = 1;
  Micros started_ = kMaxTimestamp;
  bool was_full_ = false;
};

}  // namespace weir
