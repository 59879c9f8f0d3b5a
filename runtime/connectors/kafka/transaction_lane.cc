#include "runtime/connectors/kafka/transaction_lane.h"

#include <algorithm>
#include <thread>

#include "runtime/base/kill_point.h"
#include "runtime/connectors/kafka/message_chunk.h"

namespace weir {
namespace {

/// Who fences a lane enters itself as its owner within this time: long for what is a few requests,
/// since an owner that looks too early takes the lane back.
constexpr auto kOwnerShows = std::chrono::seconds(5);
/// A start waits so long for a coordinator: brokers that take over from each other are no reason to
/// end.
constexpr auto kCoordinatorWait = std::chrono::seconds(30);

}  // namespace

Result<std::optional<LaneProgress>> TransactionLane::LastProgress(ProgressView view) {
  if (reader_ == nullptr) {
    WEIR_ASSIGN(reader_, ProgressReader::Make(sink_.connection(), settings_.progress_topic));
  }
  return reader_->Read(static_cast<int32_t>(settings_.lane), settings_.id, view);
}

Status TransactionLane::MakeProducer() {
  producer_.reset();
  WEIR_ASSIGN(producer_,
              TransactionalProducer::Make(sink_.connection(), settings_.id, sink_.topic(),
                                          settings_.progress_topic, sink_.ProducerSettings()));
  producer_->client().ReportOutages();
  const TransactionOutcome outcome = producer_->Init();
  if (outcome.done()) return Status::Ok();
  producer_.reset();
  return outcome.status;
}

Status TransactionLane::MakeFirstProducer() {
  const auto deadline = std::chrono::steady_clock::now() + kCoordinatorWait;
  while (true) {
    Status made = MakeProducer();
    const bool may_come = made.code() == StatusCode::kUnavailable;
    if (!may_come || std::chrono::steady_clock::now() > deadline) return made;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

Status TransactionLane::Claim() {
  WEIR_TRY(MakeFirstProducer());
  // What the predecessor left open is decided now; the end of the topic says how.
  WEIR_ASSIGN(const std::optional<LaneProgress> last, LastProgress(ProgressView::kCommitted));
  reader_.reset();
  const bool mine = last && last->incarnation == settings_.incarnation;
  SetPlace(mine ? last->place : LanePlace(), mine ? last->stand : LaneStand());
  // What another state has delivered stays said until this one delivers.
  LaneProgress claim = last.value_or(LaneProgress{settings_.incarnation, {}, {}});
  claim.owner = settings_.owner;
  WEIR_TRY(After(producer_->Begin()));
  WEIR_TRY(ProduceProgress(claim));
  sending_ = place();
  sending_stand_ = stand();
  phase_ = Phase::kCommitting;
  WEIR_TRY(FinishCommit());
  KillPoint::Pass("transaction-claimed");
  return Status::Ok();
}

Status TransactionLane::CheckOwner(const std::optional<LaneProgress>& last) const {
  if (!last || last->owner == settings_.owner) return Status::Ok();
  return FailedPreconditionError(
      "another start of this pipeline has taken over \"{}\" (incarnation {}, start {}); this one "
      "stops. Two pipelines of the same name may not write to the same Kafka",
      settings_.id, last->incarnation, last->owner);
}

/// Somebody may have fenced this lane: then it is theirs.
Status TransactionLane::Reclaim() {
  WEIR_ASSIGN(const std::optional<LaneProgress> last, LastProgress(ProgressView::kAny));
  WEIR_TRY(CheckOwner(last));
  if (std::chrono::steady_clock::now() - lost_at_ < kOwnerShows) {
    return UnavailableError("Kafka at {} has closed \"{}\"; it may be that of another start now",
                            sink_.connection().brokers(), settings_.id);
  }
  const LanePlace known = place();
  WEIR_TRY(MakeProducer());
  WEIR_ASSIGN(const std::optional<LaneProgress> now, LastProgress(ProgressView::kCommitted));
  WEIR_TRY(CheckOwner(now));
  reader_.reset();
  const bool mine = now && now->incarnation == settings_.incarnation;
  if (!now || (mine ? now->place : LanePlace()) < known) {
    return DataLossError(
        "progress topic \"{}\" no longer says that \"{}\" has reached checkpoint {}: it was "
        "deleted or has lost records",
        settings_.progress_topic, settings_.id, known.epoch);
  }
  if (mine) SetPlace(now->place, now->stand);
  phase_ = Phase::kReady;
  return Status::Ok();
}

Status TransactionLane::Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) {
  WEIR_TRY(SendBeforeStart(unit, refused));
  units_->Acknowledge(settings_.lane, place());
  return Status::Ok();
}

Status TransactionLane::SendBeforeStart(const DeliveryUnit& unit, std::vector<RefusedRow>&) {
  if (phase_ == Phase::kCommitting) WEIR_TRY(FinishCommit());
  if (phase_ == Phase::kAborting) WEIR_TRY(FinishAbort());
  if (phase_ == Phase::kLost) WEIR_TRY(Reclaim());
  WEIR_ASSIGN(std::vector<LaneChunk> chunks, ChunksFromText(unit.bytes));
  std::erase_if(chunks, [this](const LaneChunk& chunk) { return chunk.place <= place(); });
  if (!chunks.empty()) {
    WEIR_TRY(After(producer_->Begin()));
    // From here on there is something to end, whatever happens.
    phase_ = Phase::kAborting;
    KillPoint::Pass("transaction-begun");
    WEIR_TRY(Produce(chunks));
    sending_ = chunks.back().place;
    sending_stand_ = TakeStand(sending_);
    WEIR_TRY(ProduceProgress({settings_.incarnation, sending_, settings_.owner, sending_stand_}));
    KillPoint::Pass("transaction-sent");
    phase_ = Phase::kCommitting;
    WEIR_TRY(FinishCommit());
    KillPoint::Pass("transaction-committed");
  }
  return Status::Ok();
}

Status TransactionLane::Produce(const std::vector<LaneChunk>& chunks) {
  for (const LaneChunk& chunk : chunks) {
    WEIR_ASSIGN(const std::string bytes, units_->outbox().Read(chunk.stored));
    std::string_view rest = bytes;
    KafkaMessage message;
    while (NextMessage(rest, message)) WEIR_TRY(producer_->Send(message));
    if (!rest.empty()) {
      return DataLossError("a chunk of the outbox ends within a message: {}",
                           chunk.stored.ToText());
    }
  }
  return Status::Ok();
}

Status TransactionLane::ProduceProgress(const LaneProgress& progress) {
  const std::string text = progress.ToText();
  KafkaMessage record;
  record.key = settings_.id;
  record.has_key = true;
  record.value = text;
  return producer_->SendProgress(static_cast<int32_t>(settings_.lane), record);
}

Status TransactionLane::FinishCommit() {
  WEIR_TRY(After(producer_->Commit()));
  SetPlace(sending_, sending_stand_);
  phase_ = Phase::kReady;
  return Status::Ok();
}

Status TransactionLane::FinishAbort() {
  WEIR_TRY(After(producer_->Abort()));
  phase_ = Phase::kReady;
  return Status::Ok();
}

Status TransactionLane::After(TransactionOutcome outcome) {
  reachable_ = producer_->client().reachable();
  if (outcome.done()) return Status::Ok();
  if (outcome.kind == TransactionOutcome::Kind::kAbort) phase_ = Phase::kAborting;
  if (outcome.kind == TransactionOutcome::Kind::kLost) {
    producer_.reset();
    phase_ = Phase::kLost;
    lost_at_ = std::chrono::steady_clock::now();
  }
  return outcome.status;
}

LanePlace TransactionLane::place() const {
  const std::lock_guard lock(mutex_);
  return place_;
}

LaneStand TransactionLane::stand() const {
  const std::lock_guard lock(mutex_);
  return stand_;
}

void TransactionLane::SetPlace(LanePlace place, LaneStand stand) {
  const std::lock_guard lock(mutex_);
  place_ = place;
  stand_ = std::move(stand);
}

void TransactionLane::NoteStand(LanePlace place, std::shared_ptr<const LaneStand> stand) {
  const std::lock_guard lock(mutex_);
  if (!stands_.empty() && stands_.back().first == place) stands_.pop_back();
  stands_.emplace_back(place, std::move(stand));
}

/// Attempts repeat: what is behind `place` stays.
LaneStand TransactionLane::TakeStand(LanePlace place) {
  const std::lock_guard lock(mutex_);
  while (!stands_.empty() && stands_.front().first < place) stands_.pop_front();
  if (stands_.empty() || stands_.front().first != place) return {};
  return *stands_.front().second;
}

}  // namespace weir
