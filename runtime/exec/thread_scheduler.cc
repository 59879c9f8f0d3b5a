#include "runtime/exec/thread_scheduler.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "runtime/exec/job.h"

namespace weir {
namespace {

constexpr Micros kLongestSleep = 100'000;

std::chrono::microseconds Until(Micros wake_at, Micros now) {
  if (wake_at <= now) return std::chrono::microseconds(1);
  return std::chrono::microseconds(std::min(wake_at - now, kLongestSleep));
}

void RunWorker(Worker& worker, const JobSignals& signals, const Clock& clock) {
  EventCount& events = *worker.events();
  while (!signals.exit.load(std::memory_order_acquire)) {
    if (worker.Step(clock.Now()).worked) continue;
    events.PrepareWait();
    const Micros now = clock.Now();
    const Worker::Progress progress = worker.Step(now);
    if (progress.worked || signals.exit.load(std::memory_order_acquire)) {
      events.Cancel();
    } else {
      events.Wait(Until(progress.wake_at, now));
    }
  }
}

}  // namespace

Status ThreadScheduler::Run(Job& job, const std::function<void()>& poll) {
  JobSignals& signals = job.signals();
  JobCoordinator& coordinator = job.coordinator();
  std::vector<std::jthread> threads;
  for (const auto& worker : job.workers()) {
    threads.emplace_back(
        [&job, &signals, w = worker.get()] { RunWorker(*w, signals, job.clock()); });
  }
  job.committer().Start([&signals] { signals.job.Notify(); });
  Status housekeeping;
  while (!coordinator.done() && housekeeping.ok()) {
    const Micros now = job.clock().Now();
    if (job.stop_requested()) coordinator.Stop(now);
    housekeeping = job.Housekeeping(now);
    if (coordinator.Advance(now)) continue;
    if (poll) poll();
    signals.job.PrepareWait();
    if (coordinator.Advance(now)) {
      signals.job.Cancel();
      continue;
    }
    signals.job.Wait(
        Until(coordinator.busy() ? kMaxTimestamp : coordinator.next_checkpoint(), now));
  }
  job.committer().Stop();
  signals.exit.store(true, std::memory_order_release);
  for (const auto& worker : job.workers()) worker->events()->Notify();
  threads.clear();
  return housekeeping.ok() ? coordinator.failure() : housekeeping;
}

}  // namespace weir
