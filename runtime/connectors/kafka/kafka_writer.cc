#include "runtime/connectors/kafka/kafka_writer.h"

#include <chrono>
#include <thread>

#include "runtime/base/log.h"

namespace weir {
namespace {

/// Without a broker the last barrier has waited already.
constexpr auto kCloseWait = std::chrono::seconds(30), kCloseWaitAway = std::chrono::seconds(3);
constexpr auto kCloseStep = std::chrono::milliseconds(2);

}  // namespace

KafkaWriter::KafkaWriter(KafkaProducer& producer, std::unique_ptr<Encoder> encoder,
                         RecordKeyWriter keys, bool needs_key, bool keep_headers)
    : producer_(producer),
      encoder_(std::move(encoder)),
      key_writer_(std::move(keys)),
      needs_key_(needs_key),
      keep_headers_(keep_headers),
      deliveries_(std::make_shared<Deliveries>()) {}

Status KafkaWriter::Failure() const {
  WEIR_TRY(deliveries_->failure());
  return producer_.client().fatal_error();
}

Status KafkaWriter::Append(const RecordBatch& batch) {
  if (batch.empty()) return Status::Ok();
  WEIR_TRY(Failure());
  values_.clear();
  ends_.clear();
  encoder_->AppendRecords(batch, values_, ends_);
  key_writer_.Write(batch, keys_);

  const size_t count = batch.num_rows();
  auto* sent = new SentBatch();
  sent->rows = batch;
  sent->deliveries = deliveries_;
  sent->producer = &producer_;
  sent->bytes = static_cast<int64_t>(values_.size() + keys_.bytes.size());
  sent->slots.reserve(count);
  batch.rows().ForEach([sent](RowIndex row) { sent->slots.push_back({sent, row}); });
  sent->left.store(count + 1);  // one more until all are sent
  producer_.Began(sent->bytes);
  const Status status = Send(batch, *sent);
  return status;
}

KafkaMessage KafkaWriter::MessageOf(size_t i, bool is_delete) const {
  KafkaMessage message;
  const size_t begin = i == 0 ? 0 : ends_[i - 1];
  message.value = std::string_view(values_).substr(begin, ends_[i] - begin);
  message.has_value = !is_delete;
  message.has_key = keys_.present[i] != 0;
  if (message.has_key) message.key = keys_.at(i);
  return message;
}

Status KafkaWriter::Send(const RecordBatch& batch, SentBatch& sent) {
  const Column* op = batch.hidden().op.get();
  const Column* routed = batch.hidden().routed_from.get();
  const Column* kept = keep_headers_ ? batch.hidden().record_headers.get() : nullptr;
  size_t unsent = 1;
  Status failure;
  for (size_t i = 0; i < sent.slots.size(); ++i) {
    const RowIndex row = sent.slots[i].row;
    const bool is_delete =
        op != nullptr && ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete);
    KafkaMessage message = MessageOf(i, is_delete);
    if (routed != nullptr && !routed->IsNull(row)) {
      message.routed_from = ColumnView<std::string_view>(*routed)[row];
    }
    if (kept != nullptr && !kept->IsNull(row)) {
      message.headers = ColumnView<std::string_view>(*kept)[row];
    }
    if (needs_key_ && !message.has_key) {
      deliveries_->Refused(
          {batch, row, "no key", "a compacted topic takes no row without a key", 1});
      ++unsent;
      continue;
    }
    deliveries_->Sent();
    const rd_kafka_resp_err_t code = producer_.Send(message, &sent.slots[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    ++unsent;
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      deliveries_->Refused({batch, row, rd_kafka_err2name(code),
                            fmt::format("{} bytes are more than the topic's max.message.bytes",
                                        message.value.size() + message.key.size()),
                            1});
      deliveries_->Acknowledged();
    } else if (failure.ok()) {
      failure = IoError("a row cannot be sent: {}", KafkaErrorText(code));
    }
  }
  sent.Release(unsent);
  return failure;
}

Status KafkaWriter::Deliver(std::vector<RefusedRow>& refused) {
  deliveries_->TakeRefused(refused);
  return Failure();
}

bool KafkaWriter::HasUndelivered() const {
  return deliveries_->has_refused() || deliveries_->undelivered() > 0;
}

Status KafkaWriter::Close() {
  KafkaClient& client = producer_.client();
  const auto begin = std::chrono::steady_clock::now();
  while (deliveries_->undelivered() > 0 && Failure().ok() &&
         std::chrono::steady_clock::now() - begin <
             (client.reachable() ? kCloseWait : kCloseWaitAway)) {
    std::this_thread::sleep_for(kCloseStep);
  }
  WEIR_TRY(Failure());
  const int64_t left = deliveries_->undelivered();
  if (left == 0) return Status::Ok();
  const std::string why = client.last_error();
  const Status lost = UnavailableError(
      "{} rows were not acknowledged by Kafka at {}{}; whether they were written is not known",
      left, client.connection().brokers(), why.empty() ? "" : ": " + why);
  // A run that failed for another reason reports that one.
  LogLine(fmt::format("{}: {}", client.connection().owner(), lost.message()));
  return lost;
}

}  // namespace weir
