#pragma once

#include <cstdint>
#include <vector>

#include "runtime/exec/control.h"
#include "runtime/time/watermark_combiner.h"

namespace weir {

/// Watermarks, idleness, end and barriers of the inputs of one task, combined. `Receive` says what
/// follows for the task as a whole, in the order in which it must act.
class InputProgress {
 public:
  explicit InputProgress(size_t inputs);

  struct Change {
    bool watermark = false;  ///< combined watermark has grown
    bool status = false;     ///< idle or active, see idle()
    bool barrier = false;    ///< every input has the barrier
    bool ended = false;      ///< every input has ended
  };
  Change Receive(size_t input, const Control& control);

  Micros watermark() const { return combiner_.current(); }
  bool idle() const { return combiner_.idle(); }
  bool ended() const { return combiner_.ended(); }
  /// `input` has the barrier that others still lack: its rows must wait.
  bool Barred(size_t input) const { return barrier_of_[input] > aligned_; }
  /// Last barrier that all inputs have.
  uint64_t aligned() const { return aligned_; }
  size_t size() const { return barrier_of_.size(); }

 private:
  WatermarkCombiner combiner_;
  std::vector<uint64_t> barrier_of_;
  uint64_t aligned_ = 0;
};

}  // namespace weir
