#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/connector/source_positions.h"
#include "runtime/exec/node_account.h"
#include "runtime/state/state_backend.h"

namespace weir {

/// What the tasks of one worker share. Owned by the worker, used by its thread only.
struct WorkerContext {
  /// First failure; once set, tasks do nothing more.
  Status failure;
  /// Whether barriers ask operators for their state (else they only freeze sinks).
  bool snapshot_state = false;
  /// The last commit that has returned; null: nobody asks.
  const std::atomic<uint64_t>* committed = nullptr;
  /// What operators put down at the barrier under way.
  std::vector<StateDelta> deltas;
  /// Ledgers as of the barrier under way, by node of the physical plan.
  std::vector<std::pair<int, NodeAccount>> accounts;
  /// Where this worker's partitions are at the barrier under way.
  SourcePositions positions;
  /// Tells how long barriers hold rows up; null: nobody asks.
  const Clock* clock = nullptr;
  /// Time that the tasks spent on the barrier under way, instead of on rows.
  Micros barrier_time = 0;
  /// Tasks that have the barrier under way on all inputs.
  size_t aligned_tasks = 0;
  /// Batches that operators have emitted so far.
  uint64_t batches = 0;
  /// Something ended since the worker last looked.
  bool progress_of_end = false;

  bool failed() const { return !failure.ok(); }
  void Fail(const Status& status, const std::string& where) {
    if (failure.ok()) failure = status.WithContext(where);
  }
};

}  // namespace weir
