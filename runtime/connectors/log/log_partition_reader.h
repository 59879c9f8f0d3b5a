#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/log/journal_cursor.h"
#include "runtime/connectors/log/segment_format.h"

namespace weir {

/// Where a partition's reader begins and ends.
struct LogReadPlan {
  std::string folder, topic;
  std::string topic_id;
  uint32_t partition = 0;
  int64_t first = 0;                 ///< without a saved position
  Micros not_older = kMinTimestamp;  ///< records before the first one of this time are passed over
  std::optional<int64_t> end;        ///< offset at which the partition ends for this run
};

/// Reads one partition of a topic through the journal, on into what is written meanwhile. Records
/// are views into blocks that hold whole, checked batches. One thread.
class LogPartitionReader final : public PartitionReader {
 public:
  explicit LogPartitionReader(LogReadPlan plan) : plan_(std::move(plan)) {}

  /// A position is `<topic id>:<next offset>`.
  Status Open(std::string_view position) override;
  Result<PollResult> Poll(size_t max_records, Micros now, RecordChunk& chunk) override;
  std::string Position(int64_t offset) const override;
  Result<int64_t> OffsetBefore(std::string_view position) const override;
  /// Where Open began: `latest` means another place at every start.
  std::string StartPosition() const override { return start_; }

 private:
  /// Offset of the record that follows `position`.
  Result<int64_t> NextOf(std::string_view position) const;
  Status Seek();
  Result<bool> NextExtent();
  Status StartExtent();
  Status OpenSegment();
  Status FillBlock();
  Status LoadBatch();
  Status SkipRecords(uint32_t batch_length);
  Result<size_t> Emit(size_t max_records, RecordChunk& chunk);
  Status Damaged(std::string_view why) const;
  Status Expired(int64_t start) const;
  Status Recreated() const;

  LogReadPlan plan_;
  std::string start_;
  int64_t next_ = 0;  ///< offset of the next record to hand on
  std::optional<JournalCursor> journal_;
  LogFile segment_;
  uint64_t segment_number_ = 0;
  std::deque<LogExtent> pending_;    ///< committed, not read yet
  std::optional<LogExtent> extent_;  ///< being read
  int64_t extent_at_ = 0;            ///< byte in the segment where its next batch begins
  int64_t batch_offset_ = 0;         ///< offset of the first record in `rest_`
  std::shared_ptr<std::string> block_;
  int64_t block_at_ = 0;   ///< byte in the segment of the block's start
  std::string_view rest_;  ///< records of the present batch that are left
  uint32_t records_left_ = 0;
  Micros batch_time_ = 0;
};

}  // namespace weir
