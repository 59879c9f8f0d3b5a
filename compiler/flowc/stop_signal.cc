#include "compiler/flowc/stop_signal.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>

namespace weir::flowc {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<long>::is_always_lock_free);

std::atomic<long> first_signal{0};  ///< monotonic seconds

/// `timeout` and shells may send one signal twice, to the process and to its group: only one that
/// comes later means impatience.
extern "C" void OnStopSignal(int signal) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!stop_requested.exchange(true)) {
    first_signal = now.tv_sec;
  } else if (now.tv_sec > first_signal + 1) {
    _exit(128 + signal);
  }
}

}  // namespace

void InstallStopSignals() {
  struct sigaction action = {};
  action.sa_handler = OnStopSignal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool StopRequested() { return stop_requested.load(std::memory_order_relaxed); }

}  // namespace weir::flowc
