#include "runtime/checkpoint/committer.h"

#include <iterator>

#include "runtime/base/check.h"
#include "runtime/base/kill_point.h"
#include "runtime/state/state_access.h"

namespace weir {

Committer::Committer(StateBackend* backend,
                     std::vector<std::pair<std::string, SinkConnector*>> sinks,
                     std::string incarnation, uint64_t committed)
    : backend_(backend),
      sinks_(std::move(sinks)),
      incarnation_(std::move(incarnation)),
      delivery_(sinks_, committed) {}

Committer::~Committer() { Stop(); }

void Committer::Start(std::function<void()> done) {
  done_ = std::move(done);
  thread_ = std::thread([this] { Loop(); });
}

void Committer::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::Submit(CommitRequest request) {
  {
    const std::lock_guard lock(mutex_);
    WEIR_CHECK(!request_ && !result_, "checkpoint {} while another one is being written",
               request.epoch);
    request_ = std::move(request);
  }
  wake_.notify_one();
}

bool Committer::RunOnce() {
  CommitRequest request;
  {
    const std::lock_guard lock(mutex_);
    if (!request_) return false;
    request = *std::move(request_);
    request_.reset();
  }
  CommitResult result = Perform(std::move(request));
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
  return true;
}

std::optional<CommitResult> Committer::TakeResult() {
  const std::lock_guard lock(mutex_);
  return std::exchange(result_, std::nullopt);
}

void Committer::Loop() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || request_; });
      if (!request_) return;
    }
    RunOnce();
    if (done_) done_();
  }
}

void Committer::WriteMarks(uint64_t epoch, const std::string& sink,
                           const std::optional<SinkMark>& mark, StateWriter& writer) const {
  // What another state delivered says nothing of this one.
  const bool own = mark && mark->incarnation == incarnation_;
  if (own) {
    writer.Put(kMarksSlot, kUnkeyedGroup, sink, std::to_string(mark->epoch));
  } else {
    writer.Delete(kMarksSlot, kUnkeyedGroup, sink);
  }
  for (const AcceptedMark& accepted : accepted_) {
    if (accepted.sink != sink) continue;
    if (own && !accepted.IsMutedAfter(epoch)) {
      writer.Delete(kAcceptedSlot, kUnkeyedGroup, sink);
    } else {
      writer.Put(kAcceptedSlot, kUnkeyedGroup, sink, accepted.ToText(epoch));
    }
  }
}

Result<StateDelta> Committer::PrepareSinks(const CommitRequest& request) {
  StateWriter writer(kSinksOperator);
  for (const auto& [name, sink] : sinks_) {
    // First: the units that are listed are then those that this mark does not have, or fewer.
    auto mark = sink->ReadMark();
    if (!mark.ok()) return mark.status().WithContext(name);
    auto state = sink->Prepare(request.epoch);
    if (!state.ok()) return state.status().WithContext(name);
    writer.Put(kSinksSlot, kUnkeyedGroup, name, *std::move(state));
    KillPoint::Pass("sink-prepared");
    WriteMarks(request.epoch, name, *mark, writer);
  }
  writer.Put(kPositionsSlot, kUnkeyedGroup, kPositionsKey, request.positions);
  return writer.Take();
}

CommitResult Committer::Perform(CommitRequest request) {
  CommitResult result;
  result.epoch = request.epoch;
  if (request.only_delivery) {
    result.delivery = delivery_.Continue(request.last, request.ended);
    return result;
  }
  KillPoint::Pass("before-prepare");
  auto sinks = PrepareSinks(request);
  if (sinks.ok()) {
    KillPoint::Pass("before-commit");
    // Operators' changes stay apart: a failed commit gives them back, sinks are asked anew.
    request.deltas.push_back(*std::move(sinks));
    result.status =
        backend_ == nullptr ? Status::Ok() : backend_->Commit(request.epoch, request.deltas);
    request.deltas.pop_back();
  } else {
    result.status = sinks.status();
  }
  if (result.status.ok()) {
    KillPoint::Pass("after-commit");
    result.delivery =
        delivery_.Committed(request.epoch, request.positions, request.last, request.ended);
  } else {
    result.deltas = std::move(request.deltas);
  }
  return result;
}

}  // namespace weir
