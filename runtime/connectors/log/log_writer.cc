#include "runtime/connectors/log/log_writer.h"

#include <utility>

#include "runtime/connector/record_headers.h"

namespace weir {
namespace {

/// A batch is written when it has so many bytes, at the latest with its unit.
constexpr size_t kBatchBytes = 128 * 1024;
constexpr size_t kMostRecordBytes = size_t{256} << 20;

}  // namespace

LogWriter::LogWriter(const LogSinkSettings& settings, std::shared_ptr<LogTopic> topic,
                     LogUnits* units, uint32_t worker, std::unique_ptr<Encoder> encoder)
    : settings_(settings),
      topic_(std::move(topic)),
      units_(units),
      lane_(fmt::format("{}{}/{}", settings.owner, settings.incarnation, worker)),
      encoder_(std::move(encoder)),
      key_writer_(settings.schema, settings.key),
      sticky_(topic_->num_partitions(), worker),
      partitions_(topic_->num_partitions()) {}

Status LogWriter::Open() {
  next_unit_ = topic_->NextUnit(lane_);
  return Status::Ok();
}

Status LogWriter::Append(const RecordBatch& batch) {
  if (batch.empty()) return Status::Ok();
  const Micros now = settings_.clock->Now();
  if (unit_rows_ == 0) unit_start_ = now;
  bytes_.clear();
  ends_.clear();
  encoder_->AppendRecords(batch, bytes_, ends_);
  key_writer_.Write(batch, keys_);
  size_t index = 0;
  Status status;
  batch.rows().ForEach([&](RowIndex row) {
    if (status.ok()) status = AppendRow(batch, row, index, now);
    ++index;
  });
  WEIR_TRY(status);
  unit_rows_ += batch.num_rows();
  unit_bytes_ += static_cast<int64_t>(bytes_.size());
  return IsFull() ? EndUnit() : Status::Ok();
}

Status LogWriter::AppendRow(const RecordBatch& batch, RowIndex row, size_t index, Micros now) {
  const size_t begin = index == 0 ? 0 : ends_[index - 1];
  LogRecord record;
  record.value = std::string_view(bytes_).substr(begin, ends_[index] - begin);
  record.key = keys_.at(index);
  record.has_key = keys_.present[index] != 0;
  const Column* op = batch.hidden().op.get();
  record.has_value =
      op == nullptr || ColumnView<uint8_t>(*op)[row] != static_cast<uint8_t>(RowOp::kDelete);
  if (!record.has_value) record.value = {};
  headers_.clear();
  const Column* kept = settings_.keep_headers ? batch.hidden().record_headers.get() : nullptr;
  if (kept != nullptr && !kept->IsNull(row)) headers_ = ColumnView<std::string_view>(*kept)[row];
  const Column* routed_from = batch.hidden().routed_from.get();
  if (routed_from != nullptr && !routed_from->IsNull(row)) {
    AppendRecordHeader("routed_from", ColumnView<std::string_view>(*routed_from)[row], headers_);
  }
  record.headers = headers_;
  if (record.value.size() > kMostRecordBytes) {
    return InvalidArgumentError("log(topic: \"{}\"): a row of {} bytes; a record has at most {}",
                                settings_.topic.topic, record.value.size(), kMostRecordBytes);
  }
  const uint32_t partition = record.has_key ? PartitionOfKey(record.key, topic_->num_partitions())
                                            : sticky_.Next(record.value.size());
  LogBatchBuilder& builder = partitions_[partition].batch;
  if (!builder.empty() && builder.bytes() + record.value.size() > kBatchBytes) {
    WEIR_TRY(WriteBatch(partition));
  }
  builder.Append(record, now);
  return Status::Ok();
}

Status LogWriter::WriteBatch(uint32_t index) {
  Partition& partition = partitions_[index];
  LogBatchBuilder& batch = partition.batch;
  if (batch.empty()) return Status::Ok();
  // Segments with rows of the present unit are kept until it ends: few extents a unit.
  if (partition.segment == nullptr) {
    WEIR_ASSIGN(partition.segment, topic_->TakeSegment(index));
  }
  OpenSegment& segment = *partition.segment;
  const std::string_view bytes = batch.Finish(static_cast<uint64_t>(segment.records));
  WEIR_TRY(segment.file->Append(bytes));
  if (segment.file->held() > 0) units_->NoteFull(segment.file);
  LogExtent* extent = nullptr;
  for (LogExtent& known : unit_.unit.extents) {
    if (known.partition == index) extent = &known;
  }
  if (extent == nullptr) {
    extent = &unit_.unit.extents.emplace_back();
    unit_.files.push_back(segment.file);
    extent->partition = index;
    extent->file = segment.number;
    extent->begin = segment.size;
    extent->min_time = batch.min_time();
    extent->max_time = batch.max_time();
  }
  segment.size += static_cast<int64_t>(bytes.size());
  segment.records += batch.count();
  extent->end = segment.size;
  extent->records += batch.count();
  extent->max_time = std::max(extent->max_time, batch.max_time());
  batch.Clear();
  return Status::Ok();
}

bool LogWriter::IsFull() const {
  return (settings_.batch_rows > 0 && unit_rows_ >= settings_.batch_rows) ||
         (settings_.batch_bytes > 0 && unit_bytes_ >= settings_.batch_bytes) ||
         unit_bytes_ >= settings_.topic.segment_bytes;
}

Status LogWriter::Freeze(uint64_t epoch) {
  if (unit_rows_ > 0) WEIR_TRY(EndUnit());
  for (WrittenUnit& unit : ended_) units_->Freeze(std::move(unit), epoch);
  ended_.clear();
  return Status::Ok();
}

/// Everything in files; they are synced, and the journal told of them, before the commit.
Status LogWriter::EndUnit() {
  for (uint32_t i = 0; i < partitions_.size(); ++i) WEIR_TRY(WriteBatch(i));
  unit_.unit.lane = lane_;
  unit_.unit.number = next_unit_++;
  ended_.push_back(std::exchange(unit_, WrittenUnit()));
  unit_rows_ = unit_bytes_ = 0;
  const Micros now = settings_.clock->Now();
  for (Partition& partition : partitions_) {
    // Full ones stay open with the topic until nothing of them is outstanding.
    if (partition.segment != nullptr && topic_->IsFull(*partition.segment, now)) {
      full_.push_back({std::move(partition.segment), next_unit_ - 1});
    }
  }
  return Status::Ok();
}

Status LogWriter::Deliver(std::vector<RefusedRow>&) {
  const uint64_t delivered = units_->Delivered(lane_);
  for (FullSegment& full : full_) {
    if (full.unit <= delivered) topic_->ReturnSegment(std::move(full.segment));
  }
  std::erase_if(full_, [](const FullSegment& full) { return full.segment == nullptr; });
  return Status::Ok();
}

int64_t LogWriter::undelivered_rows() const {
  int64_t rows = unit_rows_ + units_->UndeliveredRows(lane_);
  for (const WrittenUnit& written : ended_) rows += RowsOf(written.unit);
  return rows;
}

Status LogWriter::Tick(Micros now) {
  WEIR_TRY(units_->MakeRoom());
  if (unit_rows_ > 0 && settings_.batch_time > 0 && now - unit_start_ >= settings_.batch_time) {
    WEIR_TRY(EndUnit());
  }
  return topic_->Maintain(now);
}

/// Rows behind the last barrier are read again by the next run, if there can be one.
Status LogWriter::Close() {
  if (!settings_.resumable) WEIR_TRY(Freeze(UINT64_MAX));
  return Status::Ok();
}

}  // namespace weir
