#include "runtime/connectors/kafka/transaction_sink.h"

#include <unistd.h>

#include <algorithm>
#include <random>

#include "runtime/base/log.h"
#include "runtime/connectors/kafka/transaction_writer.h"

namespace weir {
namespace {

/// What may wait for the brokers, in the outbox: sources stop reading beyond it.
constexpr int64_t kMostWaiting = int64_t{256} << 20;
/// A transaction takes chunks up to this together: each costs the brokers some 15 ms.
constexpr int64_t kTransactionBytes = int64_t{4} << 20;
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
  for (uint32_t lane = 0; lane < settings_.lanes(); ++lane) {
    targets_.push_back(std::make_unique<TransactionLane>(
        settings_,
        TransactionLaneSettings{fmt::format("{}/{}", id_, lane), lane, progress_topic_,
                                incarnation_, owner_},
        units_.get()));
    DeliveryLaneSettings settings;
    settings.name = name_;
    settings.seed = lane + 1;
    settings.clock = clock_;
    settings.report = [](const std::string& message) { LogLine(message); };
    lanes_.push_back(std::make_unique<DeliveryLane>(std::move(settings), targets_.back().get(),
                                                    &units_->budget()));
  }
  return Status::Ok();
}

/// A partition for each lane, so that no lane waits for a transaction of another.
Status TransactionSink::PrepareProgressTopic() const {
  WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf, settings_.connection().MakeConf({}));
  WEIR_ASSIGN(const std::shared_ptr<KafkaClient> client,
              KafkaClient::Make(settings_.connection(), RD_KAFKA_PRODUCER, std::move(conf)));
  WEIR_ASSIGN(const std::vector<KafkaTopicInfo> all, client->ListTopics());
  const int lanes = static_cast<int>(settings_.lanes());
  for (const KafkaTopicInfo& info : all) {
    if (info.name != progress_topic_ || info.num_partitions == 0) continue;
    if (info.num_partitions >= lanes) return Status::Ok();
    return FailedPreconditionError(
        "lanes: {} lanes need as many partitions of progress topic \"{}\", it has {}; add some "
        "(kafka-topics.sh --alter --topic {} --partitions {}) or use fewer lanes",
        lanes, progress_topic_, info.num_partitions, progress_topic_, lanes);
  }
  return CreateTopic(*client, progress_topic_, lanes, {{"cleanup.policy", "compact"}});
}

Result<std::optional<SinkMark>> TransactionSink::ReadMark() {
  if (!started_) return FirstMark();
  const SinkMark mark = CurrentMark();
  return mark.epoch == 0 ? std::optional<SinkMark>() : mark;
}

SinkMark TransactionSink::CurrentMark() const {
  SinkMark mark{incarnation_, 0};
  for (const auto& target : targets_) mark.epoch = std::max(mark.epoch, target->place().epoch);
  return mark;
}

/// Another incarnation's lanes are left alone until its mark is accepted. What this incarnation
/// left open must be ended first: its progress might yet count.
Result<std::optional<SinkMark>> TransactionSink::FirstMark() {
  bool foreign = false;
  for (const auto& target : targets_) {
    WEIR_ASSIGN(const auto last, target->LastProgress(ProgressView::kAny));
    foreign |= last && last->incarnation != incarnation_;
  }
  std::optional<SinkMark> mark;
  for (const auto& target : targets_) {
    if (!foreign) WEIR_TRY(target->Claim());
    if (!foreign) continue;
    WEIR_ASSIGN(const auto last, target->LastProgress(ProgressView::kCommitted));
    if (!last || last->place.epoch == 0) continue;
    const bool mine = last->incarnation == incarnation_;
    if (!mark || (mark->incarnation == incarnation_ && !mine) || mark->epoch < last->place.epoch) {
      mark = SinkMark{last->incarnation, last->place.epoch};
    }
  }
  if (foreign) return mark;
  started_ = true;
  return ReadMark();
}

Status TransactionSink::Restore(uint64_t, std::string_view state) {
  const bool accepted = !started_;
  for (const auto& target : targets_) {
    if (accepted) WEIR_TRY(target->Claim());
  }
  started_ = true;
  WEIR_ASSIGN(std::vector<LaneChunk> listed, ChunksFromText(state));
  std::vector<LaneChunk> left;
  for (LaneChunk& chunk : listed) {
    if (chunk.lane >= targets_.size()) {
      return FailedPreconditionError(
          "lanes: {}, but rows of lane {} are not delivered yet; start with the former number of "
          "lanes and stop it (SIGTERM) once, then change them",
          targets_.size(), chunk.lane);
    }
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
  units_->Restore(std::move(left));
  for (const auto& lane : lanes_) lane->Start();
  return Committed(UINT64_MAX);
}

Status TransactionSink::Committed(uint64_t epoch) {
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
