// JobBuilder: what a job takes over from the last commit, and its sinks' targets with it.
#include <algorithm>

#include "runtime/base/hash.h"
#include "runtime/base/kill_point.h"
#include "runtime/delivery/outbox.h"
#include "runtime/exec/delivery_order.h"
#include "runtime/exec/job_builder.h"
#include "runtime/exec/mark_review.h"
#include "runtime/exec/state_slot.h"
#include "runtime/state/state_access.h"

namespace weir {

/// Marks of all targets are read before anything is delivered (guarantees.md rule 6). Delivers what
/// the last commit holds of sinks, and makes the committer.
Status JobBuilder::RestoreSinks() {
  MarkReview::Sinks sinks;
  for (const auto& [name, sink] : job_->sinks_) sinks.emplace_back(name, sink.get());
  const uint64_t committed = job_->checkpoints_->committed();
  MarkReview review(options_, committed);
  WEIR_TRY(review.Read(sinks));
  job_->checkpoints_->StartAbove(review.highest_epoch());
  KillPoint::Pass("marks-checked");
  WEIR_ASSIGN(auto units, ReadStateSlot(options_.state, kSinksOperator, kSinksSlot));
  WEIR_ASSIGN(auto positions, ReadStateSlot(options_.state, kSinksOperator, kPositionsSlot));
  std::shared_ptr<const std::string> stand;
  if (!positions[kPositionsKey].empty()) {
    stand = std::make_shared<const std::string>(positions[kPositionsKey]);
  }
  // What the commit lists is about to go out.
  if (options_.release && committed > 0) WEIR_TRY(options_.release(committed, true).status());
  for (const auto& [name, sink] : sinks) {
    sink->NotePositions(committed, stand);
    const std::string listed = review.HasAllListed(name) ? "" : units[name];
    const Status restored = sink->Restore(committed, listed);
    if (!restored.ok()) return restored.WithContext(name);
  }
  KillPoint::Pass("sinks-restored");
  job_->committer_ = std::make_unique<Committer>(options_.state, std::move(sinks),
                                                 options_.incarnation, committed);
  WEIR_ASSIGN(auto order, DeliveryOrder(plan_));
  job_->committer_->delivery().SetOrder(std::move(order));
  job_->committer_->delivery().Release(options_.release);
  job_->committer_->Accept(review.TakeAccepted());
  job_->stops_ = std::move(review.stops());
  return options_.outbox == nullptr ? Status::Ok() : options_.outbox->RemoveUnlisted();
}

/// Sinks whose rows the target has already, up to their stop.
void JobBuilder::MuteSinks() {
  for (const MuteStop& stop : job_->stops_) {
    for (const auto& worker : job_->workers_) {
      for (const auto& task : worker->tasks()) {
        const bool named =
            std::find(stop.sinks.begin(), stop.sinks.end(), task->name()) != stop.sinks.end();
        if (named) task->MuteUntil(stop.unmuted_at);
      }
    }
  }
  for (const auto& worker : job_->workers_) worker->StopAt(&job_->stops_);
}

/// The state of a node in the key groups that a worker owns.
StateReader JobBuilder::ReaderOf(uint32_t worker, const plan::LogicalNode& node) const {
  // Rows of a stage that is not keyed all meet on worker 0, whatever group their state has.
  if (node.partitioning().kind == plan::Partitioning::Kind::kSingleton) {
    return {*options_.state, node.name, 0, worker == 0 ? kNumKeyGroups : 0, worker == 0};
  }
  uint32_t first = 0;
  while (first < kNumKeyGroups && WorkerOfKeyGroup(first, options_.workers) < worker) ++first;
  uint32_t end = first;
  while (end < kNumKeyGroups && WorkerOfKeyGroup(end, options_.workers) == worker) ++end;
  return {*options_.state, node.name, first, end, worker == 0};
}

Status JobBuilder::Restore() {
  if (options_.state == nullptr || options_.state->last_epoch() == 0) return Status::Ok();
  for (uint32_t worker = 0; worker < options_.workers; ++worker) {
    for (const auto& source : job_->workers_[worker]->sources()) {
      WEIR_TRY(source->Restore(ReaderOf(worker, source->node())));
    }
    for (const auto& task : job_->workers_[worker]->tasks()) {
      const Status restored = task->op().Restore(ReaderOf(worker, task->op().node()));
      if (!restored.ok()) return restored.WithContext(task->name());
    }
  }
  return RestoreLedgers();
}

/// The sums of all workers continue on worker 0.
Status JobBuilder::RestoreLedgers() {
  const StateReader reader(*options_.state, kLedgerOperator, 0, 0, true);
  NamedAccounts stored;
  WEIR_TRY(reader.ForEachUnkeyed(kLedgerSlot,
                                 [&](std::string_view name, std::string_view value) -> Status {
                                   WEIR_ASSIGN(stored[std::string(name)], DecodeAccount(value));
                                   return Status::Ok();
                                 }));
  for (const auto& [id, account] : SplitAccounts(plan_, stored)) {
    const auto node = static_cast<size_t>(id);
    if (SourceTask* source = sources_[0][node]) source->SetAccount(account);
    if (OperatorTask* task = tasks_[0][node]) task->SetAccount(account);
  }
  return Status::Ok();
}

}  // namespace weir
