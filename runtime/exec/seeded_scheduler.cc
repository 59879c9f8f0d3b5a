#include "runtime/exec/seeded_scheduler.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "runtime/exec/job.h"

namespace weir {

/// A few steps of each worker, in random order; false when none of them had work.
bool SeededScheduler::Round() {
  const auto& workers = job_->workers();
  std::vector<size_t> order(workers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::shuffle(order.begin(), order.end(), random_);
  bool worked = false;
  next_wake_ = kMaxTimestamp;
  const Micros now = job_->clock().Now();
  for (size_t index : order) {
    for (uint64_t steps = 1 + random_() % 8; steps > 0; --steps) {
      const Worker::Progress progress = workers[index]->Step(now, &random_);
      worked |= progress.worked;
      if (progress.worked) continue;
      next_wake_ = std::min(next_wake_, progress.wake_at);
      break;
    }
  }
  worked |= job_->coordinator().Advance(now);
  return worked;
}

Status SeededScheduler::RunToQuiescence() {
  WEIR_TRY(job_->Housekeeping(job_->clock().Now()));
  while (!job_->coordinator().done() && Round()) {
  }
  return job_->coordinator().failure();
}

Status SeededScheduler::RunSteps(uint64_t steps) {
  const auto& workers = job_->workers();
  const Micros now = job_->clock().Now();
  while (steps-- > 0 && !job_->coordinator().done()) {
    workers[random_() % workers.size()]->Step(now, &random_);
    job_->coordinator().Advance(now);
  }
  return job_->coordinator().failure();
}

Status SeededScheduler::RunToEnd(ManualClock& clock) {
  while (true) {
    WEIR_TRY(RunToQuiescence());
    if (job_->coordinator().done()) return Status::Ok();
    const Micros next = std::min(next_wake_, job_->coordinator().next_checkpoint());
    if (next == kMaxTimestamp) {
      return InternalError("the job is stuck: nothing to do, and nothing waits for time");
    }
    clock.AdvanceTo(std::max(next, clock.Now() + 1));
  }
}

}  // namespace weir
