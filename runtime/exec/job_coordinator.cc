#include "runtime/exec/job_coordinator.h"

#include <algorithm>
#include <utility>

#include "runtime/state/state_access.h"

namespace weir {
namespace {

constexpr Micros kDrainTime = 30 * kMicrosPerSecond;

StateDelta LedgerDelta(const plan::PhysicalPlan& plan, const NodeAccounts& accounts) {
  StateWriter writer(kLedgerOperator);
  for (const auto& [name, account] : JoinAccounts(plan, accounts)) {
    writer.Put(kLedgerSlot, kUnkeyedGroup, name, EncodeAccount(account));
  }
  return writer.Take();
}

}  // namespace

JobCoordinator::JobCoordinator(const plan::PhysicalPlan* plan, std::vector<Worker*> workers,
                               JobSignals* signals, CheckpointCoordinator* checkpoints,
                               Micros checkpoint_every)
    : plan_(plan),
      workers_(std::move(workers)),
      signals_(signals),
      checkpoints_(checkpoints),
      every_(checkpoint_every) {
  for (const auto& task : workers_[0]->tasks()) deepest_ = std::max(deepest_, task->level());
}

void JobCoordinator::NotifyWorkers() {
  for (Worker* worker : workers_) worker->events()->Notify();
}

bool JobCoordinator::FindFailure() {
  for (Worker* worker : workers_) {
    if (!worker->failed()) continue;
    failure_ = worker->failure();
    return true;
  }
  return false;
}

bool JobCoordinator::FinalStageReady() const {
  if (stopping_) return true;
  return std::all_of(workers_.begin(), workers_.end(),
                     [this](const Worker* worker) { return worker->finished_level() >= stage_; });
}

bool JobCoordinator::Advance(Micros now) {
  if (done_) return false;
  if (!started_) {
    started_ = true;
    if (every_ > 0) next_ = now + every_;
  }
  if (FindFailure()) {
    done_ = true;
    return true;
  }
  if (under_way_) {
    if (!checkpoints_->ReadyToCommit()) return false;
    Commit();
    return true;
  }
  if (delivering_) {
    for (Worker* worker : workers_) {
      if (worker->delivered() < epoch_) return GiveUp(now);
    }
    delivering_ = false;
    if (final_ && ++stage_ > deepest_) done_ = true;
    return true;
  }
  final_ = FinalStageReady();
  if (!final_ && !requested_ && now < next_) return false;
  if (every_ > 0) next_ = now + every_;
  Begin();
  return true;
}

void JobCoordinator::Stop(Micros now) {
  if (stopping_) return;
  stopping_ = true;
  drained_by_ = now + kDrainTime;
}

/// A target that is away must not keep a program alive that was asked to end.
bool JobCoordinator::GiveUp(Micros now) {
  if (now < drained_by_) return false;
  failure_ =
      UnavailableError("stopped before every sink had delivered: a target did not answer for {} s",
                       kDrainTime / kMicrosPerSecond);
  done_ = true;
  return true;
}

void JobCoordinator::Begin() {
  requested_ = false;
  under_way_ = true;
  epoch_ = checkpoints_->Begin();
  if (stopping_) signals_->stop.store(true, std::memory_order_release);
  signals_->barrier.store(epoch_, std::memory_order_release);
  NotifyWorkers();
}

bool JobCoordinator::CheckLedgers(const NodeAccounts& accounts) {
  const std::string violated = CheckAccounts(*plan_, accounts);
  if (violated.empty()) return true;
  failure_ = InternalError("the ledger does not add up at checkpoint {}: {}", epoch_, violated);
  done_ = true;
  return false;
}

void JobCoordinator::Commit() {
  under_way_ = false;
  NodeAccounts accounts;
  for (Worker* worker : workers_) {
    for (const auto& [node, account] : worker->barrier_accounts()) accounts[node].Add(account);
  }
  if (!CheckLedgers(accounts)) return;
  std::vector<StateDelta> extra;
  extra.push_back(LedgerDelta(*plan_, accounts));
  const Status committed = checkpoints_->Commit(std::move(extra));
  if (!committed.ok()) {
    failure_ = committed.WithContext("checkpoint");
    done_ = true;
    return;
  }
  ++committed_;
  delivering_ = true;
  if (final_) signals_->end_level.store(stage_, std::memory_order_release);
  signals_->deliver.store(epoch_, std::memory_order_release);
  NotifyWorkers();
}

}  // namespace weir
