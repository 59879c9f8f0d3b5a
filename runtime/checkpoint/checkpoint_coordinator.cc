#include "runtime/checkpoint/checkpoint_coordinator.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/base/check.h"

namespace weir {

CheckpointCoordinator::CheckpointCoordinator(uint64_t committed, uint32_t workers)
    : workers_(workers), committed_(committed), last_begun_(committed) {}

void CheckpointCoordinator::StartAbove(uint64_t epoch) {
  std::lock_guard lock(mutex_);
  last_begun_ = std::max(last_begun_, epoch);
}

uint64_t CheckpointCoordinator::Begin() {
  std::lock_guard lock(mutex_);
  if (under_way_ != 0) {
    ++skipped_;
    return 0;
  }
  under_way_ = ++last_begun_;
  completed_ = 0;
  gathered_ = false;
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
  return under_way_ != 0 && completed_ == workers_ && !gathered_;
}

CommitRequest CheckpointCoordinator::Gather(std::vector<StateDelta> extra) {
  std::lock_guard lock(mutex_);
  WEIR_CHECK(under_way_ != 0 && completed_ == workers_, "barrier {} is not complete", under_way_);
  gathered_ = true;
  CommitRequest request{under_way_, std::move(deltas_)};
  deltas_.clear();
  request.deltas.insert(request.deltas.end(), std::make_move_iterator(extra.begin()),
                        std::make_move_iterator(extra.end()));
  return request;
}

void CheckpointCoordinator::Finish(CommitResult result) {
  std::lock_guard lock(mutex_);
  WEIR_CHECK(gathered_ && result.epoch == under_way_,
             "the commit of {} ended while {} is under way", result.epoch, under_way_);
  under_way_ = 0;
  gathered_ = false;
  if (result.status.ok()) {
    committed_ = result.epoch;
  } else {
    ++failed_;
    deltas_ = std::move(result.deltas);
  }
}

void CheckpointCoordinator::Abandon() {
  std::lock_guard lock(mutex_);
  WEIR_CHECK(!gathered_, "barrier {} is being committed", under_way_);
  under_way_ = 0;
  ++failed_;
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

int64_t CheckpointCoordinator::failed() const {
  std::lock_guard lock(mutex_);
  return failed_;
}

}  // namespace weir
