#include "runtime/checkpoint/committer.h"

#include <iterator>

#include "runtime/base/check.h"
#include "runtime/base/kill_point.h"
#include "runtime/state/state_access.h"

namespace weir {

Committer::Committer(StateBackend* backend,
                     std::vector<std::pair<std::string, SinkConnector*>> sinks)
    : backend_(backend), sinks_(std::move(sinks)) {}

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

Result<StateDelta> Committer::PrepareSinks(uint64_t epoch) {
  StateWriter writer(kSinksOperator);
  for (const auto& [name, sink] : sinks_) {
    auto state = sink->Prepare(epoch);
    if (!state.ok()) return state.status().WithContext(name);
    writer.Put(kSinksSlot, kUnkeyedGroup, name, *std::move(state));
    auto mark = sink->ReadMark();
    if (!mark.ok()) return mark.status().WithContext(name);
    KillPoint::Pass("sink-prepared");
    if (*mark) writer.Put(kMarksSlot, kUnkeyedGroup, name, std::to_string((*mark)->epoch));
  }
  return writer.Take();
}

Status Committer::DeliverSinks(uint64_t epoch) const {
  for (const auto& [name, sink] : sinks_) {
    const Status delivered = sink->Committed(epoch);
    if (!delivered.ok()) return delivered.WithContext(name);
    KillPoint::Pass("sink-delivered");
  }
  return Status::Ok();
}

CommitResult Committer::Perform(CommitRequest request) {
  CommitResult result;
  result.epoch = request.epoch;
  KillPoint::Pass("before-prepare");
  auto sinks = PrepareSinks(request.epoch);
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
    result.delivery = DeliverSinks(request.epoch);
  } else {
    result.deltas = std::move(request.deltas);
  }
  return result;
}

}  // namespace weir
