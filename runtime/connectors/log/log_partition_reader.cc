#include "runtime/connectors/log/log_partition_reader.h"

#include <algorithm>

#include "runtime/connectors/log/topic_paths.h"
#include "runtime/connectors/log/topic_state.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr size_t kBlockBytes = 1 << 20;
constexpr size_t kChunkBytes = 1 << 20;
constexpr Micros kPause = 5'000;

std::string TimeText(Micros time) {
  std::string text;
  AppendTimestamp(time, text);
  return text;
}

}  // namespace

std::string LogPartitionReader::Position(int64_t offset) const {
  return fmt::format("{}:{}", plan_.topic_id, offset + 1);
}

Status LogPartitionReader::Recreated() const {
  return FailedPreconditionError(
      "log(topic: \"{}\"): the topic was made anew since its positions were saved; its offsets "
      "mean "
      "other records now: restore the topic's files, or start with a new state folder",
      plan_.topic);
}

Status LogPartitionReader::Expired(int64_t start) const {
  return DataLossError(
      "log(topic: \"{}\"): partition {}: offset {} is no longer kept, the first is {}: raise "
      "`retain` or `retain_size` where the topic is written, and start with a new state folder to "
      "read on from what is there",
      plan_.topic, plan_.partition, next_, start);
}

Status LogPartitionReader::Damaged(std::string_view why) const {
  const Micros behind = extent_->max_time + 1;
  return DataLossError(
      "{}: damaged at byte {} (offset {} of partition {}): {}: restore this file from a copy; to "
      "read on without the damaged part use start: \"{}\" and a new state folder",
      SegmentPath(plan_.folder, plan_.partition, extent_->file), extent_at_, batch_offset_,
      plan_.partition, why, TimeText(behind));
}

Result<int64_t> LogPartitionReader::NextOf(std::string_view position) const {
  const size_t colon = position.find(':');
  const std::optional<int64_t> next =
      colon == std::string_view::npos ? std::nullopt : ParseInt64(position.substr(colon + 1));
  if (!next || *next < 0) return DataLossError("log: \"{}\" is no position", position);
  if (position.substr(0, colon) != plan_.topic_id) return Recreated();
  return *next;
}

Result<int64_t> LogPartitionReader::OffsetBefore(std::string_view position) const {
  if (position.empty()) return -1;
  WEIR_ASSIGN(const int64_t next, NextOf(position));
  return next - 1;
}

Status LogPartitionReader::Open(std::string_view position) {
  next_ = plan_.first;
  if (!position.empty()) {
    WEIR_ASSIGN(next_, NextOf(position));
    plan_.not_older = kMinTimestamp;
  }
  start_ = Position(next_ - 1);
  return Seek();
}

/// The journal file in which `next_` was committed, by the starts of the files.
Status LogPartitionReader::Seek() {
  pending_.clear();
  WEIR_ASSIGN(const std::vector<uint64_t> journals, FindJournals(plan_.folder));
  if (journals.empty()) return NotFoundError("{}: the topic is gone", plan_.folder);
  // The newest start knows the bounds nearly as of now; reading on to the end, exactly.
  JournalCursor newest(plan_.folder, journals.back());
  WEIR_ASSIGN(const TopicState state, ReadTopicState(plan_.folder, newest));
  if (state.topic_id != plan_.topic_id) return Recreated();
  const PartitionBounds& bounds = state.bounds[plan_.partition];
  if (next_ < bounds.start) return Expired(bounds.start);
  if (next_ > bounds.next) {
    return DataLossError(
        "log(topic: \"{}\"): partition {} ends at offset {}, but was read up to {} before: restore "
        "the topic's files, or start with a new state folder",
        plan_.topic, plan_.partition, bounds.next, next_);
  }
  for (auto it = journals.rbegin(); it != journals.rend(); ++it) {
    journal_.emplace(plan_.folder, *it);
    WEIR_ASSIGN(const std::optional<JournalRecord> start, journal_->Next());
    if (!start || start->type != JournalType::kStart || start->bounds.size() <= plan_.partition) {
      return DataLossError("{}: no start record", JournalPath(plan_.folder, *it));
    }
    if (start->bounds[plan_.partition].next <= next_) return Status::Ok();
  }
  return Expired(bounds.start);
}

/// Makes `extent_` one with bytes left at `extent_at_`; false when nothing more is committed.
Result<bool> LogPartitionReader::NextExtent() {
  while (true) {
    if (extent_ && extent_at_ < extent_->end) return true;
    extent_.reset();
    if (!pending_.empty()) {
      WEIR_TRY(StartExtent());
      continue;
    }
    WEIR_ASSIGN(std::optional<JournalRecord> record, journal_->Next());
    if (record) {
      if (record->type != JournalType::kCommit) continue;
      for (const LogExtent& extent : record->unit.extents) {
        const bool wanted = extent.partition == plan_.partition && extent.end_offset() > next_;
        if (wanted) pending_.push_back(extent);
      }
    } else if (journal_->lost()) {
      // Deleted: by retention, when the topic has newer journals, else with the topic.
      WEIR_TRY(Seek());
    } else {
      return false;
    }
  }
}

Status LogPartitionReader::StartExtent() {
  extent_ = pending_.front();
  pending_.pop_front();
  extent_at_ = extent_->begin;
  batch_offset_ = extent_->base_offset;
  block_ = nullptr;
  if (extent_->base_offset > next_) return Damaged("offsets before it are missing");
  return OpenSegment();
}

Status LogPartitionReader::OpenSegment() {
  if (segment_.is_open() && segment_number_ == extent_->file) return Status::Ok();
  const std::string path = SegmentPath(plan_.folder, plan_.partition, extent_->file);
  Result<LogFile> file = LogFile::OpenToRead(path);
  if (!file.ok()) {
    if (file.status().code() != StatusCode::kNotFound) return file.status();
    // Retention first says so in the journal, then deletes.
    WEIR_TRY(Seek());
    return DataLossError(
        "{} is missing: restore this file from a copy; to read on without it use start: \"{}\" and "
        "a new state folder",
        path, TimeText(extent_->max_time + 1));
  }
  segment_ = *std::move(file);
  segment_number_ = extent_->file;
  char bytes[kSegmentHeaderBytes];
  WEIR_ASSIGN(const size_t got, segment_.ReadAt(0, bytes, sizeof(bytes)));
  const auto header = DecodeSegmentHeader({bytes, got});
  const bool right = header.ok() && (*header).topic_id == plan_.topic_id &&
                     (*header).partition == plan_.partition && (*header).number == extent_->file;
  if (right) return Status::Ok();
  segment_.Close();
  return DataLossError(
      "{}: damaged at byte 0: {}: restore this file from a copy", path,
      header.ok() ? "it belongs to another topic or partition" : header.status().message());
}

/// Reads on in the extent so that the block holds at least the whole next batch.
Status LogPartitionReader::FillBlock() {
  const auto left = static_cast<size_t>(extent_->end - extent_at_);
  size_t wanted = std::min(left, kBlockBytes);
  while (true) {
    auto block = std::make_shared<std::string>(wanted, '\0');
    WEIR_ASSIGN(const size_t got, segment_.ReadAt(extent_at_, block->data(), wanted));
    if (got < wanted) return Damaged("the file ends before what was committed");
    const uint32_t length = PeekBatchLength(*block);
    if (length == 0) return Damaged("no batch begins there");
    if (length > left) return Damaged("the length of the batch is wrong");
    if (length > wanted) {
      wanted = length;
      continue;
    }
    block_ = std::move(block);
    block_at_ = extent_at_;
    return Status::Ok();
  }
}

Status LogPartitionReader::LoadBatch() {
  const auto part = [this] {
    return block_ == nullptr
               ? std::string_view()
               : std::string_view(*block_).substr(static_cast<size_t>(extent_at_ - block_at_));
  };
  const uint32_t length = PeekBatchLength(part());
  if (length == 0 || length > part().size()) WEIR_TRY(FillBlock());
  const auto header = DecodeLogBatchHeader(part());
  if (!header.ok()) return Damaged(header.status().message());
  rest_ = part().substr(kBatchHeaderBytes, (*header).length - kBatchHeaderBytes);
  records_left_ = (*header).count;
  batch_time_ = (*header).time;
  if (batch_offset_ + records_left_ > extent_->end_offset()) {
    return Damaged("it has more records than were committed");
  }
  return SkipRecords((*header).length);
}

/// Passes over what was read in a former run or is older than asked for.
Status LogPartitionReader::SkipRecords(uint32_t batch_length) {
  LogRecord record;
  const int64_t end_offset = batch_offset_ + records_left_;
  while (records_left_ > 0) {
    std::string_view rest = rest_;
    if (!NextRecord(rest, record)) return Damaged("a record is cut off");
    const bool too_old = batch_time_ + record.time_delta < plan_.not_older;
    if (batch_offset_ >= next_ && !too_old) {
      plan_.not_older = kMinTimestamp;
      break;
    }
    rest_ = rest;
    --records_left_;
    next_ = std::max(next_, ++batch_offset_);
  }
  extent_at_ += batch_length;
  if (records_left_ == 0) batch_offset_ = end_offset;
  return Status::Ok();
}

Result<size_t> LogPartitionReader::Emit(size_t max_records, RecordChunk& chunk) {
  size_t bytes = 0;
  LogRecord record;
  chunk.owners.push_back(block_);
  while (records_left_ > 0 && chunk.size() < max_records && (!plan_.end || next_ < *plan_.end)) {
    if (!NextRecord(rest_, record)) return Damaged("a record is cut off");
    if (!record.has_value) chunk.tombstones.push_back(chunk.size());
    chunk.records.push_back(record.value);
    if (record.has_key) chunk.SetKey(record.key);
    if (!record.headers.empty()) chunk.SetHeaders(record.headers);
    chunk.offsets.push_back(next_);
    chunk.ingest_times.push_back(batch_time_ + record.time_delta);
    bytes += record.value.size();
    --records_left_;
    batch_offset_ = ++next_;
  }
  return bytes;
}

Result<PollResult> LogPartitionReader::Poll(size_t max_records, Micros now, RecordChunk& chunk) {
  size_t bytes = 0;
  while (chunk.size() < max_records && bytes < kChunkBytes) {
    if (plan_.end && next_ >= *plan_.end) {
      return PollResult{chunk.size() > 0 ? PollState::kData : PollState::kEnd, kMinTimestamp};
    }
    while (records_left_ == 0) {
      WEIR_ASSIGN(const bool more, NextExtent());
      if (!more) {
        if (chunk.size() > 0) return PollResult{PollState::kData, kMinTimestamp};
        return PollResult{PollState::kEmpty, now + kPause};
      }
      WEIR_TRY(LoadBatch());
    }
    WEIR_ASSIGN(const size_t emitted, Emit(max_records, chunk));
    bytes += emitted + 1;
  }
  return PollResult{PollState::kData, kMinTimestamp};
}

}  // namespace weir
