#include "runtime/connectors/kafka/kafka_partition_reader.h"

#include <algorithm>
#include <charconv>

#include "runtime/connector/record_headers.h"

namespace weir {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

bool ParsePosition(std::string_view text, int64_t& next, int64_t& time) {
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, next);
  if (error != std::errc() || next < 0) return false;
  time = -1;
  if (stop == end) return true;
  if (*stop != '@') return false;
  const auto [last, time_error] = std::from_chars(stop + 1, end, time);
  return time_error == std::errc() && last == end;
}

}  // namespace

/// Keeps the messages of one poll, and the client they belong to, as long as somebody looks at
/// their bytes.
struct KafkaPartitionReader::Fetched {
  std::shared_ptr<KafkaTopic> topic;
  std::vector<rd_kafka_message_t*> messages;

  ~Fetched() {
    for (rd_kafka_message_t* message : messages) rd_kafka_message_destroy(message);
  }
};

KafkaPartitionReader::KafkaPartitionReader(const KafkaPartition& partition, size_t max_records,
                                           std::shared_ptr<GroupProgress> progress,
                                           size_t progress_index)
    : partition_(partition),
      max_records_(max_records),
      progress_(std::move(progress)),
      progress_index_(progress_index) {}

KafkaPartitionReader::~KafkaPartitionReader() { Stop(); }

std::string KafkaPartitionReader::Where() const { return partition_.Name(); }

Status KafkaPartitionReader::Open(std::string_view position) {
  next_ = partition_.start;
  int64_t first = next_;
  if (!position.empty()) {
    if (!ParsePosition(position, next_, last_time_)) {
      return DataLossError("{}: \"{}\" is no position in a topic", Where(), position);
    }
    WEIR_TRY(CheckResume(next_));
    first = next_;
    // The record before is read once more to see that it is still the one that it was.
    if (last_time_ >= 0 && next_ > partition_.low) {
      verify_time_ = last_time_;
      --first;
    }
  }
  if (progress_ != nullptr) progress_->Set(progress_index_, next_);
  if (partition_.end >= 0 && next_ >= partition_.end) {
    ended_ = true;
    return Status::Ok();
  }
  return Begin(first);
}

Status KafkaPartitionReader::CheckResume(int64_t next) const {
  if (next > partition_.high) {
    return Recreated(next, fmt::format("it ends at offset {}", partition_.high));
  }
  if (next < partition_.low) return Expired();
  return Status::Ok();
}

Status KafkaPartitionReader::Expired() const {
  int64_t low = partition_.low, high = partition_.high;
  rd_kafka_query_watermark_offsets(partition_.topic->client().get(),
                                   partition_.topic->name().c_str(), partition_.id, &low, &high,
                                   5000);
  return DataLossError(
      "{}: offset {} is next, but the brokers keep only {} to {}: {} records have expired unread. "
      "Nothing is skipped by itself: restore them, or start with another --state folder and "
      "`start: \"earliest\"`, which accepts the gap; a longer retention avoids it",
      Where(), next_, low, high, std::max<int64_t>(low - next_, 0));
}

Status KafkaPartitionReader::Recreated(int64_t next, std::string_view evidence) const {
  return DataLossError(
      "{}: offset {} is next, but {}: the topic was deleted and made again, or the brokers have "
      "lost records. Nothing is skipped by itself: start with another --state folder and "
      "`start: \"earliest\"` to read it as the new topic that it is",
      Where(), next, evidence);
}

Status KafkaPartitionReader::Begin(int64_t offset) {
  if (rd_kafka_consume_start(partition_.topic->get(), partition_.id, offset) == 0) {
    started_ = true;
    return Status::Ok();
  }
  return IoError("{}: reading cannot begin at offset {}: {}", Where(), offset,
                 KafkaErrorText(rd_kafka_last_error()));
}

void KafkaPartitionReader::Stop() {
  if (started_) rd_kafka_consume_stop(partition_.topic->get(), partition_.id);
  started_ = false;
}

Result<PollResult> KafkaPartitionReader::Poll(size_t max_records, Micros now, RecordChunk& chunk) {
  if (ended_) return PollResult{PollState::kEnd, kMinTimestamp};
  const size_t fitting = std::max<size_t>(kChunkBytes / record_bytes_, 1);
  const size_t wanted = std::min({max_records, max_records_, fitting});
  messages_.resize(wanted);
  const ssize_t got = rd_kafka_consume_batch(partition_.topic->get(), partition_.id,
                                             /*timeout_ms=*/0, messages_.data(), wanted);
  if (got < 0) {
    return IoError("{}: {}", Where(), KafkaErrorText(rd_kafka_last_error()));
  }
  const size_t before = chunk.size();
  if (got > 0) {
    auto fetched = std::make_shared<Fetched>();
    fetched->topic = partition_.topic;
    fetched->messages.assign(messages_.begin(), messages_.begin() + got);
    for (const rd_kafka_message_t* message : fetched->messages) {
      WEIR_TRY(Take(*message, now, chunk));
    }
    if (chunk.size() > before) chunk.owners.push_back(std::move(fetched));
  }
  if (partition_.topic->deleted()) {
    return NotFoundError("{}: the topic was deleted while it was read, after offset {}", Where(),
                         next_ - 1);
  }
  if (progress_ != nullptr && chunk.size() > before) progress_->Set(progress_index_, next_);
  if (ended_) {
    Stop();
    return PollResult{PollState::kEnd, kMinTimestamp};
  }
  if (got > 0) return PollResult{PollState::kData, kMinTimestamp};
  // Without a broker nobody knows whether this is the end.
  const bool at_end = at_end_ && partition_.topic->client().reachable();
  return PollResult{at_end ? PollState::kEmpty : PollState::kWaiting, kMinTimestamp};
}

Status KafkaPartitionReader::Take(const rd_kafka_message_t& message, Micros now,
                                  RecordChunk& chunk) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return TakeRecord(message, now, chunk);
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    at_end_ = true;
    if (partition_.end >= 0 && message.offset >= partition_.end) ended_ = true;
    return Status::Ok();
  }
  return TakeError(message);
}

Status KafkaPartitionReader::TakeRecord(const rd_kafka_message_t& message, Micros now,
                                        RecordChunk& chunk) {
  at_end_ = false;
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t time = rd_kafka_message_timestamp(&message, &kind);
  if (verify_time_ >= 0) {
    const int64_t known = std::exchange(verify_time_, -1);
    if (message.offset == next_ - 1) {
      if (time == known) return Status::Ok();
      return Recreated(next_, "the record before it is another one than then");
    }
  }
  if (message.offset < next_) return Status::Ok();
  if (partition_.end >= 0 && message.offset >= partition_.end) {
    ended_ = true;
    return Status::Ok();
  }
  if (message.payload == nullptr) chunk.tombstones.push_back(chunk.size());
  chunk.records.emplace_back(static_cast<const char*>(message.payload), message.len);
  if (message.key != nullptr)
    chunk.SetKey({static_cast<const char*>(message.key), message.key_len});
  TakeHeaders(message, chunk);
  chunk.offsets.push_back(message.offset);
  chunk.ingest_times.push_back(time >= 0 ? time * 1000 : now);
  next_ = message.offset + 1;
  last_time_ = time;
  record_bytes_ = std::max<size_t>((record_bytes_ * 7 + message.len) / 8, 1);
  if (partition_.end >= 0 && next_ >= partition_.end) ended_ = true;
  return Status::Ok();
}

void KafkaPartitionReader::TakeHeaders(const rd_kafka_message_t& message, RecordChunk& chunk) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  auto list = std::make_shared<std::string>();
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    std::optional<std::string_view> bytes;
    if (value != nullptr) bytes.emplace(static_cast<const char*>(value), size);
    AppendRecordHeader(name, bytes, *list);
  }
  chunk.SetHeaders(*list);
  chunk.owners.push_back(std::move(list));
}

Status KafkaPartitionReader::TakeError(const rd_kafka_message_t& message) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: {
      int64_t low = 0, high = 0;
      const rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
          partition_.topic->client().get(), partition_.topic->name().c_str(), partition_.id, &low,
          &high, 5000);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR && next_ > high) {
        return Recreated(next_, fmt::format("it ends at offset {}", high));
      }
      return Expired();
    }
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return MakeStatus(StatusCode::kPermissionDenied, "{}: this user may not read the topic",
                        Where());
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return DataLossError("{}: offset {} cannot be read: {}", Where(), message.offset,
                           rd_kafka_message_errstr(&message));
    default: return Status::Ok();  // connections: librdkafka tries again
  }
}

std::string KafkaPartitionReader::Position(int64_t offset) const {
  const int64_t next = offset + 1;
  return next == next_ && last_time_ >= 0 ? fmt::format("{}@{}", next, last_time_)
                                          : std::to_string(next);
}

Result<int64_t> KafkaPartitionReader::OffsetBefore(std::string_view position) const {
  if (position.empty()) return -1;
  int64_t next = 0, time = 0;
  if (ParsePosition(position, next, time)) return next - 1;
  return DataLossError("{}: \"{}\" is no position in a topic", Where(), position);
}

std::string KafkaPartitionReader::StartPosition() const { return std::to_string(next_); }

std::optional<int64_t> KafkaPartitionReader::Lag() const {
  if (ended_) return 0;
  int64_t low = 0, high = 0;
  const rd_kafka_resp_err_t code =
      rd_kafka_get_watermark_offsets(partition_.topic->client().get(),
                                     partition_.topic->name().c_str(), partition_.id, &low, &high);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) high = partition_.high;
  return std::max<int64_t>(high - next_, 0);
}

}  // namespace weir
