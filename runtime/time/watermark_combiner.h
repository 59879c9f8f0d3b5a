#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/base/clock.h"

namespace weir {

/// Combines the watermarks of several inputs: the minimum over those that are not idle. When all
/// are idle it stays; it never goes back, whatever an input that returns from idleness says
/// (guarantees.md rule 23). One thread.
class WatermarkCombiner {
 public:
  explicit WatermarkCombiner(size_t inputs);

  Micros current() const { return current_; }
  /// All inputs are idle or have ended, and at least one has not ended.
  bool idle() const { return idle_; }
  /// All inputs have ended.
  bool ended() const { return ended_; }

  /// What became of an input. Each returns true when current(), idle() or ended() changed.
  bool SetWatermark(size_t input, Micros watermark);
  bool SetIdle(size_t input, bool idle);
  bool SetEnded(size_t input);

 private:
  struct Input {
    Micros watermark = kMinTimestamp;
    bool idle = false;
    bool ended = false;
  };
  bool Combine();

  std::vector<Input> inputs_;
  Micros current_ = kMinTimestamp;
  bool idle_ = false;
  bool ended_ = false;
};

}  // namespace weir
