#include "runtime/connectors/kafka/transaction_sink.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/connectors/kafka/transaction_writer.h"

namespace weir {
namespace {

/// What may wait for the brokers, in the outbox: sources stop reading beyond it.
constexpr int64_t kMostWaiting = int64_t{256} << 20;
/// A transaction takes chunks up to this together: each costs the brokers some 15 ms.
constexpr int64_t kTransactionBytes = int64_t{4} << 20;
constexpr auto kDrainPatience = std::chrono::seconds(60);
constexpr auto kPatience = std::chrono::seconds(20), kPatienceAway = std::chrono::seconds(1);

/// Sinks without a name of their own are called `stream/into`; names of topics have no slash.
std::string DefaultProgressTopic(const std::string& pipeline, const std::string& sink) {
  std::string name = fmt::format("_weir_progress.{}.{}", pipeline, sink);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

/// Unlike that of any other start.
std::string NewOwner(const Clock& clock) {
  return fmt::format("{:x}-{:x}-{:08x}", clock.Now(), ::getpid(), std::random_device()());
}

}  // namespace

TransactionSink::TransactionSink(const SinkRequest& request)
    : settings_(request),
      name_("sink " + request.name),
      incarnation_(request.incarnation),
      id_(fmt::format("{}/{}", request.pipeline, request.name)),
      progress_topic_(request.options->GetString(
          "progress_topic", DefaultProgressTopic(request.pipeline, request.name))),
      outbox_(request.outbox),
      num_writers_(request.num_writers),
      clock_(request.clock == nullptr ? &SystemClock::Instance() : request.clock) {
  owner_ = NewOwner(*clock_);
}

Status TransactionSink::Open() {
  WEIR_TRY(settings_.Open());
  WEIR_TRY(PrepareProgressTopic());
  units_ =
      std::make_unique<TransactionUnits>(outbox_, settings_.lanes(), num_writers_, kMostWaiting);
  const auto breaker = std::make_shared<CircuitBreaker>();
  for (uint32_t lane = 0; lane < settings_.lanes(); ++lane) {
    targets_.push_back(MakeLane(lane));
    DeliveryLaneSettings settings;
    settings.name = name_;
    settings.seed = lane + 1;
    settings.breaker = breaker;
    settings.clock = clock_;
    settings.report = [](const std::string& message) { LogLine(message); };
    lanes_.push_back(std::make_unique<DeliveryLane>(std::move(settings), targets_.back().get(),
                                                    &units_->budget()));
  }
  return Status::Ok();
}

std::unique_ptr<TransactionLane> TransactionSink::MakeLane(uint32_t lane) {
  return std::make_unique<TransactionLane>(
      settings_,
      TransactionLaneSettings{fmt::format("{}/{}", id_, lane), lane, progress_topic_, incarnation_,
                              owner_},
      units_.get());
}

/// A partition for each lane, so that no lane waits for a transaction of another.
Status TransactionSink::PrepareProgressTopic() {
  WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf, settings_.connection().MakeConf({}));
  WEIR_ASSIGN(const std::shared_ptr<KafkaClient> client,
              KafkaClient::Make(settings_.connection(), RD_KAFKA_PRODUCER, std::move(conf)));
  WEIR_ASSIGN(const std::vector<KafkaTopicInfo> all, client->ListTopics());
  const int lanes = static_cast<int>(settings_.lanes());
  for (const KafkaTopicInfo& info : all) {
    if (info.name != progress_topic_ || info.num_partitions == 0) continue;
    known_lanes_ = static_cast<uint32_t>(info.num_partitions);
    if (info.num_partitions >= lanes) return Status::Ok();
    return FailedPreconditionError(
        "lanes: {} lanes need as many partitions of progress topic \"{}\", it has {}; add some "
        "(kafka-topics.sh --alter --topic {} --partitions {}) or use fewer lanes",
        lanes, progress_topic_, info.num_partitions, progress_topic_, lanes);
  }
  known_lanes_ = settings_.lanes();
  return CreateTopic(*client, progress_topic_, lanes, {{"cleanup.policy", "compact"}});
}

Result<std::optional<SinkMark>> TransactionSink::ReadMark() {
  if (!started_) return FirstMark();
  const SinkMark mark = CurrentMark();
  return mark.epoch == 0 ? std::optional<SinkMark>() : mark;
}

namespace {

/// The positions count when each lane has all that it was given up to them.
SinkMark MarkOf(const std::vector<LaneProgress>& lanes, const std::string& incarnation) {
  SinkMark mark{incarnation, 0};
  const LaneProgress* furthest = nullptr;
  for (const LaneProgress& lane : lanes) {
    if (lane.incarnation != incarnation || lane.place.epoch == 0) continue;
    if (furthest == nullptr || furthest->place.epoch < lane.place.epoch ||
        (furthest->place.epoch == lane.place.epoch && furthest->stand.positions.empty())) {
      furthest = &lane;
    }
  }
  if (furthest == nullptr) return mark;
  mark.epoch = furthest->place.epoch;
  const size_t count = furthest->stand.places.size();
  bool whole = count > 0 && count <= lanes.size();
  for (size_t i = 0; whole && i < count; ++i) {
    const bool of_it = lanes[i].incarnation == incarnation;
    whole = (of_it ? lanes[i].place : LanePlace()) == furthest->stand.places[i];
  }
  if (whole) mark.positions = furthest->stand.positions;
  return mark;
}

}  // namespace

SinkMark TransactionSink::CurrentMark() const {
  std::vector<LaneProgress> lanes;
  for (const auto& target : targets_) {
    lanes.push_back({incarnation_, target->place(), {}, target->stand()});
  }
  return MarkOf(lanes, incarnation_);
}

/// Another incarnation's lanes are left alone until its mark is accepted. What this incarnation
/// left open must be ended first: its progress might yet count.
Result<std::optional<SinkMark>> TransactionSink::FirstMark() {
  bool foreign = false;
  for (const auto& target : targets_) {
    WEIR_ASSIGN(const auto last, target->LastProgress(ProgressView::kAny));
    foreign |= last && last->incarnation != incarnation_;
  }
  for (const auto& target : targets_) {
    if (!foreign) WEIR_TRY(target->Claim());
  }
  started_ = !foreign;
  WEIR_ASSIGN(const std::vector<LaneProgress> lanes, ReadProgress());
  std::string whose = incarnation_;
  uint64_t furthest = 0;
  for (const LaneProgress& lane : lanes) {
    if (!foreign || lane.place.epoch <= furthest || lane.incarnation == incarnation_) continue;
    furthest = lane.place.epoch;
    whose = lane.incarnation;
  }
  if (foreign && furthest == 0) return std::optional<SinkMark>();
  const SinkMark mark = MarkOf(lanes, whose);
  return mark.epoch == 0 ? std::optional<SinkMark>() : mark;
}

/// Of all lanes, also those that only earlier runs had.
Result<std::vector<LaneProgress>> TransactionSink::ReadProgress() {
  std::vector<LaneProgress> lanes;
  for (uint32_t lane = 0; lane < std::max<uint32_t>(known_lanes_, settings_.lanes()); ++lane) {
    if (started_ && lane < targets_.size()) {
      lanes.push_back({incarnation_, targets_[lane]->place(), {}, targets_[lane]->stand()});
      continue;
    }
    const std::unique_ptr<TransactionLane> asking = MakeLane(lane);
    WEIR_ASSIGN(const auto last, asking->LastProgress(ProgressView::kCommitted));
    lanes.push_back(last.value_or(LaneProgress()));
  }
  return lanes;
}

Status TransactionSink::Restore(uint64_t, std::string_view state) {
  const bool accepted = !started_;
  for (const auto& target : targets_) {
    if (accepted) WEIR_TRY(target->Claim());
  }
  started_ = true;
  uint32_t lanes = 0;
  WEIR_ASSIGN(std::vector<LaneChunk> listed, ChunksFromText(state, &lanes));
  for (const LaneChunk& chunk : listed) lanes = std::max(lanes, chunk.lane + 1);
  if (lanes != 0 && lanes != targets_.size()) {
    WEIR_TRY(Drain(std::exchange(listed, {}), lanes));
  }
  std::vector<LaneChunk> left;
  for (LaneChunk& chunk : listed) {
    if (chunk.place <= targets_[chunk.lane]->place()) continue;
    const auto bytes = outbox_->Read(chunk.stored);
    if (!bytes.ok() && !accepted) return bytes.status();
    if (!bytes.ok()) {
      // Only what was acknowledged goes from the outbox.
      LogLine(fmt::format("{}: {} rows of checkpoint {} are not sent again: {}", name_, chunk.rows,
                          chunk.place.epoch, bytes.status().message()));
      continue;
    }
    left.push_back(std::move(chunk));
  }
  for (uint32_t lane = 0; lane < targets_.size(); ++lane) {
    units_->Acknowledge(lane, targets_[lane]->place());
  }
  units_->Restore(std::move(left));
  for (const auto& lane : lanes_) lane->Start();
  return Committed(UINT64_MAX);
}

Status TransactionSink::Drain(std::vector<LaneChunk> chunks, uint32_t lanes) {
  const auto deadline = std::chrono::steady_clock::now() + kDrainPatience;
  int64_t rows = 0;
  for (uint32_t lane = 0; lane < lanes; ++lane) {
    std::vector<LaneChunk> mine;
    for (const LaneChunk& chunk : chunks) {
      if (chunk.lane == lane) mine.push_back(chunk);
    }
    if (mine.empty()) continue;
    std::unique_ptr<TransactionLane> old;
    if (lane >= targets_.size()) {
      old = MakeLane(lane);
      WEIR_TRY(old->Claim());
    }
    TransactionLane& target = old != nullptr ? *old : *targets_[lane];
    DeliveryUnit unit;
    unit.bytes = ChunksToText(mine);
    for (const LaneChunk& chunk : mine) rows += chunk.place > target.place() ? chunk.rows : 0;
    std::vector<RefusedRow> refused;
    Status sent = target.SendBeforeStart(unit, refused);
    while (sent.IsRetryable() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      sent = target.SendBeforeStart(unit, refused);
    }
    if (!sent.ok()) {
      return sent.WithContext(
          fmt::format("lanes: {} now and {} before: what lane {} has left must be delivered first",
                      targets_.size(), lanes, lane));
    }
  }
  if (rows > 0) {
    LogLine(fmt::format("{}: {} rows are delivered that waited in {} lanes; there are {} now",
                        name_, rows, lanes, targets_.size()));
  }
  return Status::Ok();
}

void TransactionSink::NotePositions(uint64_t, std::shared_ptr<const std::string> positions) {
  positions_ = std::move(positions);
}

/// Each lane's last record of the checkpoint says where all of them are then.
void TransactionSink::NoteStands(uint64_t epoch) {
  if (positions_ == nullptr) return;
  auto stand = std::make_shared<LaneStand>();
  stand->places = units_->LastPlaces(epoch);
  stand->positions = *positions_;
  for (size_t lane = 0; lane < targets_.size(); ++lane) {
    const LanePlace last = stand->places[lane];
    if (targets_[lane]->place() < last) targets_[lane]->NoteStand(last, stand);
  }
}

Status TransactionSink::Committed(uint64_t epoch) {
  NoteStands(epoch);
  std::vector<LaneChunk> batch;
  int64_t bytes = 0;
  const auto push = [&] {
    if (batch.empty()) return;
    DeliveryUnit unit;
    unit.name = fmt::format("{}/{}/{}/{}.{}", id_, incarnation_, batch.back().lane,
                            batch.back().place.epoch, batch.back().place.index);
    unit.bytes = ChunksToText(batch);
    for (const LaneChunk& chunk : batch) unit.rows += chunk.rows;
    lanes_[batch.back().lane]->Push(std::move(unit));
    batch.clear();
    bytes = 0;
  };
  for (LaneChunk& chunk : units_->Take(epoch)) {
    if (!batch.empty() &&
        (batch.back().lane != chunk.lane || bytes + chunk.size() > kTransactionBytes)) {
      push();
    }
    bytes += chunk.size();
    batch.push_back(std::move(chunk));
  }
  push();
  return Status::Ok();
}

Result<std::unique_ptr<SinkWriter>> TransactionSink::MakeWriter(uint32_t worker) {
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, settings_.MakeEncoder());
  return std::unique_ptr<SinkWriter>(
      new TransactionWriter(settings_, worker, units_.get(), &lanes_, clock_, std::move(encoder)));
}

/// What is frozen and not delivered, the next start delivers.
Status TransactionSink::Close() {
  Status failure;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Status closed = lanes_[i]->Close(targets_[i]->reachable() ? kPatience : kPatienceAway);
    if (!closed.ok() && closed.code() != StatusCode::kUnavailable && failure.ok()) failure = closed;
  }
  const int64_t rows = units_ == nullptr ? 0 : units_->all_rows();
  if (failure.ok() && rows > 0) {
    LogLine(fmt::format("{}: {} rows wait in the state folder or are read again by the next start",
                        name_, rows));
  }
  return failure;
}

}  // namespace weir
