#include "runtime/exec/job_coordinator.h"

#include <algorithm>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/state/state_access.h"

namespace weir {
namespace {

constexpr Micros kDrainTime = 30 * kMicrosPerSecond;
/// Until a commit that failed is tried again.
constexpr Micros kRetryPause = kMicrosPerSecond;
constexpr size_t kPausesKept = 10'000;
/// Failed commits in a row between two lines that say so.
constexpr int kReportEvery = 30;

/// May work later: no room, a disk that fails.
bool MayWorkLater(const Status& status) {
  return status.IsRetryable() || status.code() == StatusCode::kIoError;
}

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
                               Committer* committer, Micros checkpoint_every)
    : plan_(plan),
      workers_(std::move(workers)),
      signals_(signals),
      checkpoints_(checkpoints),
      committer_(committer),
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
    under_way_ = false;
    Commit(now);
    return true;
  }
  if (committing_) return FinishCommit(now);
  if (delivering_) {
    for (Worker* worker : workers_) {
      if (worker->delivered() < epoch_) return GiveUp(now);
    }
    delivering_ = false;
    if (final_ && ++stage_ > deepest_) done_ = true;
    return true;
  }
  final_ = FinalStageReady();
  const bool due = failures_ == 0 && (final_ || requested_ ||
                                      signals_->early_checkpoint.load(std::memory_order_acquire));
  if (!due && now < next_) return failures_ > 0 && stopping_ ? GiveUp(now) : false;
  next_ = every_ > 0 ? now + every_ : kMaxTimestamp;
  Begin();
  return true;
}

void JobCoordinator::Stop(Micros now) {
  if (stopping_) return;
  stopping_ = true;
  drained_by_ = now + kDrainTime;
}

/// A target that is away must not keep a program alive that was asked to end, nor a full disk.
bool JobCoordinator::GiveUp(Micros now) {
  if (now < drained_by_) return false;
  done_ = true;
  if (failures_ > 0) {
    failure_ = failed_commit_.WithContext("stopped without a last checkpoint");
    return true;
  }
  failure_ =
      UnavailableError("stopped before every sink had delivered: a target did not answer for {} s",
                       kDrainTime / kMicrosPerSecond);
  return true;
}

void JobCoordinator::Begin() {
  requested_ = false;
  signals_->early_checkpoint.store(false, std::memory_order_release);
  under_way_ = true;
  epoch_ = checkpoints_->Begin();
  if (stopping_) signals_->stop.store(true, std::memory_order_release);
  signals_->barrier.store(epoch_, std::memory_order_release);
  NotifyWorkers();
}

/// A violation fails the checkpoint; the second in a row ends the job.
bool JobCoordinator::CheckLedgers(const NodeAccounts& accounts, Micros now) {
  const std::string violated = CheckAccounts(*plan_, accounts);
  if (violated.empty()) {
    books_failed_ = false;
    return true;
  }
  checkpoints_->Abandon();
  const Status status =
      InternalError("the ledger does not add up at checkpoint {}: {}", epoch_, violated);
  if (std::exchange(books_failed_, true)) {
    failure_ = status;
    done_ = true;
  } else {
    NoteFailedCommit(status, now);
  }
  return false;
}

void JobCoordinator::Commit(Micros now) {
  NodeAccounts accounts;
  Micros pause = 0;
  for (Worker* worker : workers_) {
    pause = std::max(pause, worker->barrier_pause());
    for (const auto& [node, account] : worker->barrier_accounts()) accounts[node].Add(account);
  }
  pauses_.push_back(pause);
  if (pauses_.size() > kPausesKept) pauses_.pop_front();
  if (!CheckLedgers(accounts, now)) return;
  std::vector<StateDelta> extra;
  extra.push_back(LedgerDelta(*plan_, accounts));
  committer_->Submit(checkpoints_->Gather(std::move(extra)));
  committing_ = true;
}

bool JobCoordinator::FinishCommit(Micros now) {
  if (!committer_->has_thread()) committer_->RunOnce();
  std::optional<CommitResult> result = committer_->TakeResult();
  if (!result) return false;
  committing_ = false;
  const Status status = result->status;
  const Status delivery = result->delivery;
  checkpoints_->Finish(*std::move(result));
  if (!status.ok()) {
    NoteFailedCommit(status, now);
    return true;
  }
  if (failures_ > 0) {
    LogLine(fmt::format("checkpoint {} is written after {} that failed", epoch_, failures_));
    failures_ = 0;
    signals_->pause.store(false, std::memory_order_release);
  }
  // The next commit delivers what this one could not; behind the last there is none.
  if (!delivery.ok() && (final_ || !MayWorkLater(delivery))) {
    failure_ = delivery;
    done_ = true;
    return true;
  }
  if (!delivery.ok()) LogLine(fmt::format("not delivered yet: {}", delivery.message()));
  ++committed_;
  delivering_ = true;
  if (final_) signals_->end_level.store(stage_, std::memory_order_release);
  signals_->deliver.store(epoch_, std::memory_order_release);
  NotifyWorkers();
  return true;
}

void JobCoordinator::NoteFailedCommit(const Status& status, Micros now) {
  if (!MayWorkLater(status) && !books_failed_) {
    failure_ = status.WithContext("checkpoint");
    done_ = true;
    return;
  }
  if (failures_++ % kReportEvery == 0) {
    LogLine(fmt::format("checkpoint {} failed, reading pauses until one succeeds: {}", epoch_,
                        status.message()));
  }
  failed_commit_ = status;
  next_ = now + kRetryPause;
  signals_->pause.store(true, std::memory_order_release);
  NotifyWorkers();
}

}  // namespace weir
