#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/checkpoint/committer.h"
#include "runtime/state/state_backend.h"

namespace weir {

/// Numbers barriers and gathers what workers put down at one: Begin -> every worker Completes ->
/// Gather -> (the committer) -> Finish. One checkpoint at a time. Thread-safe.
class CheckpointCoordinator {
 public:
  /// `committed`: the last epoch of an earlier run, 0 when there is none.
  CheckpointCoordinator(uint64_t committed, uint32_t workers);

  /// Barriers get numbers above `epoch`: a later state than this one has used those up to it.
  void StartAbove(uint64_t epoch);
  /// Starts the next checkpoint; 0 when one is under way (it is skipped and counted). Numbers of
  /// failed ones are not used again.
  uint64_t Begin();
  /// Worker `worker` has aligned barrier `epoch` in all its operators; `deltas` is what they wrote.
  void Complete(uint32_t worker, uint64_t epoch, std::vector<StateDelta> deltas);
  /// All workers have completed the checkpoint under way, and Gather has not taken it.
  bool ReadyToCommit() const;
  /// What the commit holds: what failed commits left, what workers wrote, and `extra`, which
  /// belongs to no worker (ledgers). `ReadyToCommit` must hold.
  CommitRequest Gather(std::vector<StateDelta> extra);
  /// The commit has ended. After a failure its deltas go into the next one.
  void Finish(CommitResult result);
  /// Gives up the gathered or completed checkpoint: its deltas go into the next one.
  void Abandon();

  /// Last epoch that is committed.
  uint64_t committed() const;
  uint64_t under_way() const;
  int64_t skipped() const;
  int64_t failed() const;

 private:
  const uint32_t workers_;
  mutable std::mutex mutex_;
  uint64_t committed_;
  uint64_t last_begun_;
  uint64_t under_way_ = 0;
  uint32_t completed_ = 0;
  bool gathered_ = false;
  int64_t skipped_ = 0;
  int64_t failed_ = 0;
  std::vector<StateDelta> deltas_;  ///< older ones first: later changes of a key win
};

}  // namespace weir
