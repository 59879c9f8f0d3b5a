#include "runtime/exec/input_progress.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace weir {

InputProgress::InputProgress(size_t inputs) : combiner_(inputs), barrier_of_(inputs, 0) {}

InputProgress::Change InputProgress::Receive(size_t input, const Control& control) {
  Change change;
  const Micros watermark = combiner_.current();
  const bool idle = combiner_.idle();
  const bool ended = combiner_.ended();
  switch (control.kind) {
    case Control::Kind::kWatermark: combiner_.SetWatermark(input, control.watermark); break;
    case Control::Kind::kIdle: combiner_.SetIdle(input, true); break;
    case Control::Kind::kActive: combiner_.SetIdle(input, false); break;
    case Control::Kind::kEnd: combiner_.SetEnded(input); break;
    case Control::Kind::kBarrier: {
      WEIR_CHECK(control.epoch > barrier_of_[input], "barrier {} after {}", control.epoch,
                 barrier_of_[input]);
      barrier_of_[input] = control.epoch;
      const uint64_t all = *std::min_element(barrier_of_.begin(), barrier_of_.end());
      change.barrier = all > aligned_;
      aligned_ = all;
      break;
    }
  }
  change.watermark = combiner_.current() > watermark;
  change.status = combiner_.idle() != idle;
  change.ended = combiner_.ended() && !ended;
  return change;
}

}  // namespace weir
