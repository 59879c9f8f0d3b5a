#include "runtime/connectors/kafka/transaction_writer.h"

#include <iterator>

#include "runtime/connector/partitioner.h"
#include "runtime/connectors/kafka/message_chunk.h"

namespace weir {
namespace {

/// A chunk goes to the outbox from this size on.
constexpr size_t kChunkSize = size_t{1} << 20;

}  // namespace

TransactionWriter::TransactionWriter(const KafkaSinkSettings& sink, uint32_t worker,
                                     TransactionUnits* units,
                                     const std::vector<std::unique_ptr<DeliveryLane>>* lanes,
                                     const Clock* clock, std::unique_ptr<Encoder> encoder)
    : sink_(sink),
      worker_(worker),
      units_(units),
      lanes_(lanes),
      clock_(clock),
      encoder_(std::move(encoder)),
      key_writer_(sink.schema(), sink.key()),
      open_(lanes->size()) {}

Status TransactionWriter::Append(const RecordBatch& batch) {
  if (batch.empty()) return Status::Ok();
  values_.clear();
  ends_.clear();
  encoder_->AppendRecords(batch, values_, ends_);
  key_writer_.Write(batch, keys_);
  const int64_t now_ms = clock_->Now() / 1000;
  size_t index = 0;
  batch.rows().ForEach([&](RowIndex row) { AppendRow(batch, row, index++, now_ms); });
  return CutFull();
}

/// What the topic would refuse is refused here, where the row still belongs to the epoch.
void TransactionWriter::AppendRow(const RecordBatch& batch, RowIndex row, size_t index,
                                  int64_t now_ms) {
  const Column* op = batch.hidden().op.get();
  const Column* routed = batch.hidden().routed_from.get();
  const Column* kept = sink_.keep_headers() ? batch.hidden().record_headers.get() : nullptr;
  KafkaMessage message;
  message.time_ms = now_ms;
  message.has_value =
      op == nullptr || ColumnView<uint8_t>(*op)[row] != static_cast<uint8_t>(RowOp::kDelete);
  const size_t begin = index == 0 ? 0 : ends_[index - 1];
  if (message.has_value) {
    message.value = std::string_view(values_).substr(begin, ends_[index] - begin);
  }
  message.has_key = keys_.present[index] != 0;
  if (message.has_key) message.key = keys_.at(index);
  if (routed != nullptr && !routed->IsNull(row)) {
    message.routed_from = ColumnView<std::string_view>(*routed)[row];
  }
  if (kept != nullptr && !kept->IsNull(row)) {
    message.headers = ColumnView<std::string_view>(*kept)[row];
  }
  if (sink_.needs_key() && !message.has_key) {
    refused_.push_back({batch, row, "no key", "a compacted topic takes no row without a key", 1});
    return;
  }
  const size_t size = message.key.size() + message.value.size() + message.headers.size();
  if (static_cast<int64_t>(size) > sink_.most_message_bytes()) {
    refused_.push_back({batch, row, "MSG_SIZE_TOO_LARGE",
                        fmt::format("{} bytes are more than the topic's max.message.bytes", size),
                        1});
    return;
  }
  // By the key, so that its rows stay in order at any number of workers.
  const uint32_t lane = message.has_key
                            ? PartitionOfKey(message.key, static_cast<uint32_t>(open_.size()))
                            : worker_ % static_cast<uint32_t>(open_.size());
  LaneChunk& chunk = open_[lane];
  const size_t before = chunk.bytes.size();
  AppendMessage(message, chunk.bytes);
  ++chunk.rows;
  units_->Took(worker_, 1, static_cast<int64_t>(chunk.bytes.size() - before));
}

/// Written as rows arrive, so that a barrier has little left to write.
Status TransactionWriter::CutFull() {
  for (uint32_t lane = 0; lane < open_.size(); ++lane) {
    if (open_[lane].bytes.size() < kChunkSize) continue;
    const Status stored = units_->Store(open_[lane]);
    // No room now: it stays in memory, and the checkpoint tries again.
    if (!stored.ok() && !stored.IsRetryable()) return stored;
    Cut(lane);
  }
  return Status::Ok();
}

void TransactionWriter::Cut(uint32_t lane) {
  LaneChunk& chunk = open_[lane];
  chunk.lane = lane;
  chunk.worker = worker_;
  ended_.push_back(std::exchange(chunk, LaneChunk()));
}

void TransactionWriter::TakeRefused(std::vector<RefusedRow>& refused) {
  std::move(refused_.begin(), refused_.end(), std::back_inserter(refused));
  refused_.clear();
}

Status TransactionWriter::Freeze(uint64_t epoch) {
  for (uint32_t lane = 0; lane < open_.size(); ++lane) {
    if (open_[lane].rows > 0) Cut(lane);
  }
  units_->Freeze(std::exchange(ended_, {}), epoch);
  return Status::Ok();
}

Status TransactionWriter::LaneFailure() const {
  std::vector<RefusedRow> none;
  for (const auto& lane : *lanes_) WEIR_TRY(lane->TakeResults(none));
  return Status::Ok();
}

Status TransactionWriter::Deliver(std::vector<RefusedRow>&) { return LaneFailure(); }

int64_t TransactionWriter::undelivered_rows() const {
  return units_->rows(worker_) + static_cast<int64_t>(refused_.size());
}

Status TransactionWriter::Tick(Micros) { return LaneFailure(); }

}  // namespace weir
