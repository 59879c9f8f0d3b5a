#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/state/state_backend.h"

namespace weir {

/// One checkpoint at a time: Begin -> every worker Completes -> Commit. Thread-safe.
class CheckpointCoordinator {
 public:
  /// `backend` may be null: barriers then only freeze sinks and check ledgers, nothing is stored.
  CheckpointCoordinator(StateBackend* backend, uint32_t workers);

  /// Starts the next checkpoint; 0 when one is under way (it is skipped and counted).
  uint64_t Begin();
  /// Worker `worker` has aligned barrier `epoch` in all its operators; `deltas` is what they wrote.
  void Complete(uint32_t worker, uint64_t epoch, std::vector<StateDelta> deltas);
  /// All workers have completed the checkpoint under way.
  bool ReadyToCommit() const;
  /// Adds what belongs to no worker (ledgers) and makes the checkpoint durable. `ReadyToCommit`
  /// must hold. A failure leaves the state as of the commit before.
  Status Commit(std::vector<StateDelta> extra);

  /// Last epoch that is committed; continues where the backend stands.
  uint64_t committed() const;
  uint64_t under_way() const;
  int64_t skipped() const;

 private:
  StateBackend* backend_;
  const uint32_t workers_;
  mutable std::mutex mutex_;
  uint64_t committed_;
  uint64_t under_way_ = 0;
  uint32_t completed_ = 0;
  int64_t skipped_ = 0;
  std::vector<StateDelta> deltas_;
};

}  // namespace weir
