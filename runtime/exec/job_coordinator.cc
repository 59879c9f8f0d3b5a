#include "runtime/exec/job_coordinator.h"

#include <algorithm>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/exec/stored_plan.h"
#include "runtime/state/state_access.h"

namespace weir {
namespace {

constexpr Micros kDrainTime = 30 * kMicrosPerSecond;
/// Until a commit that failed is tried again.
constexpr Micros kRetryPause = kMicrosPerSecond;
/// Between two looks whether sinks that wait for others may go on.
constexpr Micros kLookPause = 10'000;
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

bool JobCoordinator::StopReached() const {
  if (stops_ == nullptr || next_stop_ == stops_->size()) return false;
  return std::all_of(workers_.begin(), workers_.end(),
                     [this](const Worker* worker) { return worker->stops_reached() > next_stop_; });
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
    // Behind the last barrier nothing else wakes sinks that wait for others.
    if (final_ && (looking_ || committer_->delivery().delayed())) return LookAfterDelayed(now);
    for (Worker* worker : workers_) {
      if (worker->delivered() < epoch_) return GiveUp(now);
    }
    delivering_ = false;
    if (final_ && ++stage_ > deepest_) done_ = true;
    return true;
  }
  // Before the end: what ends there was sent by whoever wrote the marks.
  const bool stop = StopReached();
  final_ = !stop && FinalStageReady();
  const bool early = signals_->early_checkpoint.load(std::memory_order_acquire);
  const bool due = failures_ == 0 && (final_ || stop || requested_ || early);
  if (!due && now < next_) return failures_ > 0 && stopping_ ? GiveUp(now) : false;
  next_ = every_ > 0 ? now + every_ : kMaxTimestamp;
  Begin(stop);
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

void JobCoordinator::Begin(bool ends_stop) {
  requested_ = false;
  signals_->early_checkpoint.store(false, std::memory_order_release);
  under_way_ = true;
  epoch_ = checkpoints_->Begin();
  if (ends_stop) {
    const MuteStop& stop = (*stops_)[next_stop_++];
    stop.unmuted_at->store(epoch_, std::memory_order_release);
    signals_->stop_barrier.store(epoch_, std::memory_order_release);
    LogLine(
        fmt::format("all sources are where {} sinks are ({} of {} such places): they send from "
                    "here on",
                    stop.sinks.size(), next_stop_, stops_->size()));
  }
  if (stopping_) signals_->stop.store(true, std::memory_order_release);
  signals_->barrier.store(epoch_, std::memory_order_release);
  NotifyWorkers();
}

/// Sinks that the barrier under way ends.
std::set<std::string> JobCoordinator::EndedSinks() const {
  std::set<std::string> ended;
  if (!final_) return ended;
  for (const auto& task : workers_[0]->tasks()) {
    if (task->is_sink() && task->level() <= stage_) ended.insert(task->name());
  }
  return ended;
}

/// True when something was done.
bool JobCoordinator::LookAfterDelayed(Micros now) {
  if (!looking_) {
    if (now < next_look_) return GiveUp(now);
    CommitRequest request;
    request.only_delivery = true;
    request.last = stage_ >= deepest_;
    request.ended = EndedSinks();
    committer_->Submit(std::move(request));
    looking_ = true;
  }
  if (!committer_->has_thread()) committer_->RunOnce();
  const std::optional<CommitResult> result = committer_->TakeResult();
  if (!result) return false;
  looking_ = false;
  next_look_ = now + kLookPause;
  NotifyWorkers();
  if (result->delivery.ok() || MayWorkLater(result->delivery)) return true;
  failure_ = result->delivery;
  done_ = true;
  return true;
}

/// A violation fails the checkpoint; the second in a row ends the job.
bool JobCoordinator::CheckLedgers(const NodeAccounts& accounts, Micros now) {
  const std::string violated = CheckAccounts(*plan_, accounts);
  if (violated.empty()) {
    books_failed_ = false;
    return true;
  }
  if (books_failed_ && plan_->logical->settings.ledger_warns) {
    // Asked for: go on, and say so as often as it says something new.
    if (violated != reported_violation_) {
      LogLine(
          fmt::format("the ledger does not add up at checkpoint {}, and the run goes on "
                      "(ledger = warn): {}",
                      epoch_, violated));
    }
    reported_violation_ = violated;
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
  SourcePositions positions;
  Micros pause = 0;
  for (Worker* worker : workers_) {
    pause = std::max(pause, worker->barrier_pause());
    for (const auto& [node, account] : worker->barrier_accounts()) accounts[node].Add(account);
    for (const auto& [key, place] : worker->barrier_positions().places()) {
      positions.Set(key.first, key.second, place);
    }
  }
  pauses_.push_back(pause);
  if (pauses_.size() > kPausesKept) pauses_.pop_front();
  if (!CheckLedgers(accounts, now)) return;
  std::vector<StateDelta> extra;
  extra.push_back(LedgerDelta(*plan_, accounts));
  // One that fails gives it back for the next.
  if (!std::exchange(plan_stored_, true)) extra.push_back(StoredPlan(*plan_->logical));
  CommitRequest request = checkpoints_->Gather(std::move(extra));
  if (!positions.places().empty()) request.positions = positions.ToText();
  request.last = final_ && stage_ >= deepest_;
  request.ended = EndedSinks();
  committer_->Submit(std::move(request));
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
