#include "runtime/checkpoint/checkpoint_coordinator.h"

#include <iterator>
#include <utility>

#include "runtime/base/check.h"

namespace weir {

CheckpointCoordinator::CheckpointCoordinator(StateBackend* backend, uint32_t workers)
    : backend_(backend),
      workers_(workers),
      committed_(backend == nullptr ? 0 : backend->last_epoch()) {}

uint64_t CheckpointCoordinator::Begin() {
  std::lock_guard lock(mutex_);
  if (under_way_ != 0) {
    ++skipped_;
    return 0;
  }
  under_way_ = committed_ + 1;
  completed_ = 0;
  deltas_.clear();
  return under_way_;
}

void CheckpointCoordinator::Complete(uint32_t worker, uint64_t epoch,
                                     std::vector<StateDelta> deltas) {
  std::lock_guard lock(mutex_);
  WEIR_CHECK(epoch == under_way_, "worker {} completed barrier {} while {} is under way", worker,
             epoch, under_way_);
  ++completed_;
  deltas_.insert(deltas_.end(), std::make_move_iterator(deltas.begin()),
                 std::make_move_iterator(deltas.end()));
}

bool CheckpointCoordinator::ReadyToCommit() const {
  std::lock_guard lock(mutex_);
  return under_way_ != 0 && completed_ == workers_;
}

Status CheckpointCoordinator::Commit(std::vector<StateDelta> extra) {
  std::vector<StateDelta> deltas;
  uint64_t epoch = 0;
  {
    std::lock_guard lock(mutex_);
    WEIR_CHECK(under_way_ != 0 && completed_ == workers_, "barrier {} is not complete", under_way_);
    epoch = under_way_;
    deltas = std::move(deltas_);
    deltas_.clear();
  }
  // Outside the lock: writing may take long, and nobody can start another one meanwhile.
  deltas.insert(deltas.end(), std::make_move_iterator(extra.begin()),
                std::make_move_iterator(extra.end()));
  Status status = backend_ == nullptr ? Status::Ok() : backend_->Commit(epoch, deltas);
  std::lock_guard lock(mutex_);
  under_way_ = 0;
  if (status.ok()) committed_ = epoch;
  return status;
}

uint64_t CheckpointCoordinator::committed() const {
  std::lock_guard lock(mutex_);
  return committed_;
}

uint64_t CheckpointCoordinator::under_way() const {
  std::lock_guard lock(mutex_);
  return under_way_;
}

int64_t CheckpointCoordinator::skipped() const {
  std::lock_guard lock(mutex_);
  return skipped_;
}

}  // namespace weir
