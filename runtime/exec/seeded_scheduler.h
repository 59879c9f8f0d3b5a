#pragma once

#include <cstdint>
#include <random>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace weir {

class Job;

/// Runs all workers of a job on the calling thread, in an order that a seed decides: the same seed
/// and inputs give the same run. Time belongs to the caller, who moves it between two calls
/// (guarantees.md rule 26).
class SeededScheduler {
 public:
  SeededScheduler(Job* job, uint64_t seed) : job_(job), random_(seed) {}

  /// Until nothing can be done at the clock's present time, or the job is done.
  Status RunToQuiescence();
  /// At most so many steps, each of any worker: a run that is about to be interrupted.
  Status RunSteps(uint64_t steps);
  /// Until the inputs have ended, moving `clock` to the next timer whenever nothing else can
  /// happen.
  Status RunToEnd(ManualClock& clock);
  /// Clock time of the next thing that waits for time; kMaxTimestamp: nothing does.
  Micros next_wake() const { return next_wake_; }

 private:
  bool Round();

  Job* job_;
  std::mt19937_64 random_;
  Micros next_wake_ = kMaxTimestamp;
};

}  // namespace weir
