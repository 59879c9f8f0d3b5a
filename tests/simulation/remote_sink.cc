#include "tests/simulation/remote_sink.h"

#include "tests/simulation/remote_writer.h"

namespace weir::simulation {
namespace {

constexpr int64_t kWaitingBytes = 64 * 1024;

}  // namespace

RemoteSink::RemoteSink(const SinkRequest& request, std::string owner, RemoteTarget* target,
                       Lanes* lanes, BrokenRule broken)
    : name_(request.name),
      incarnation_(request.incarnation),
      owner_(std::move(owner)),
      clock_(request.clock),
      target_(target),
      lanes_(lanes),
      broken_(broken),
      num_writers_(request.num_writers),
      budget_(kWaitingBytes),
      no_marks_(nullptr, request.pipeline, request.name, request.incarnation),
      units_(request.outbox, request.pipeline + "/" + request.name + "/" + request.incarnation,
             request.schema, request.num_writers) {}

/// A foreign mark is left alone until it is accepted, as is its table.
Result<std::optional<SinkMark>> RemoteSink::ReadMark() {
  WEIR_ASSIGN(const std::optional<SinkMark> mark, target_->Mark(name_));
  if (claimed_ || (mark && mark->incarnation != incarnation_)) return mark;
  WEIR_TRY(target_->Claim(name_, owner_));
  claimed_ = true;
  // What the predecessor had on its way is decided now.
  return target_->Mark(name_);
}

Status RemoteSink::Restore(uint64_t epoch, std::string_view state) {
  if (!claimed_) WEIR_TRY(target_->Claim(name_, owner_));
  claimed_ = true;
  return units_.Restore(epoch, state, no_marks_);
}

Result<std::string> RemoteSink::Prepare(uint64_t epoch) {
  if (broken_ == BrokenRule::kRule18) {
    for (uint32_t writer = 0; writer < num_writers_; ++writer) {
      for (DeliveryLane* lane : *lanes_) {
        if (lane->HasUndelivered()) return UnavailableError("waits for its target");
      }
    }
  }
  return units_.Prepare(epoch);
}

Status RemoteSink::Committed(uint64_t epoch) {
  units_.Committed(epoch);
  return Status::Ok();
}

Result<std::unique_ptr<SinkWriter>> RemoteSink::MakeWriter(uint32_t worker) {
  return std::unique_ptr<SinkWriter>(new RemoteWriter(this, worker));
}

}  // namespace weir::simulation
