#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/exec/event_count.h"

namespace weir {

/// What the job asks of all workers. Written by the thread that runs the job, polled by workers
/// between two steps; numbers only grow.
struct JobSignals {
  std::atomic<bool> stop{false};     ///< sources read nothing more
  std::atomic<bool> pause{false};    ///< no checkpoint succeeds: sources wait until one does
  std::atomic<bool> exit{false};     ///< workers do nothing more
  std::atomic<uint64_t> barrier{0};  ///< inject this barrier at every source
  /// That barrier ends a MuteStop: behind it sources read on to the next one. Set before `barrier`.
  std::atomic<uint64_t> stop_barrier{0};
  std::atomic<uint64_t> deliver{0};  ///< its commit is done: sinks deliver
  /// Sinks up to this level have had all input there will be; after delivery they end. -1: none.
  std::atomic<int> end_level{-1};
  std::atomic<bool> early_checkpoint{
      false};                        ///< state has to be written before it can leave memory
  std::atomic<uint64_t> publish{0};  ///< copy the books for readers on other threads
  EventCount job;                    ///< workers have news for the job
};

}  // namespace weir
