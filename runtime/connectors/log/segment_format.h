#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"

namespace weir {

/// Segment files: a header, then batches of records. README.md has the layout byte by byte.
inline constexpr size_t kSegmentHeaderBytes = 56;
inline constexpr size_t kBatchHeaderBytes = 40;
inline constexpr size_t kRecordHeaderBytes = 16;
inline constexpr size_t kTopicIdBytes = 16;
/// No batch is longer, whatever its length field says.
inline constexpr uint32_t kMostBatchBytes = 1U << 30;

struct SegmentHeader {
  std::string topic_id;
  uint32_t partition = 0;
  uint64_t number = 0;  ///< of the file, unique in its topic
  Micros created = 0;
};

std::string EncodeSegmentHeader(const SegmentHeader& header);
/// Fails with what is wrong: magic, version, checksum.
Result<SegmentHeader> DecodeSegmentHeader(std::string_view bytes);

struct LogBatchHeader {
  uint32_t length = 0;  ///< of the whole batch
  uint64_t first = 0;   ///< records in the file before this batch
  Micros time = 0;      ///< append time of the first record
  uint32_t count = 0;
};

/// Checks magic, length and checksum of the batch at the start of `bytes`, which may go on behind
/// it. Fails with what is wrong.
Result<LogBatchHeader> DecodeLogBatchHeader(std::string_view bytes);
/// The length field alone; 0 when `bytes` can't be the start of a batch.
uint32_t PeekBatchLength(std::string_view bytes);

struct LogRecord {
  std::string_view key = {}, headers = {}, value = {};  ///< headers: as record_headers.h has them
  bool has_key = false;
  bool has_value = false;  ///< false: a tombstone
  uint32_t time_delta = 0;
};

/// Takes the next record off `bytes` (the part of a batch behind its header); false when it does
/// not fit in there.
bool NextRecord(std::string_view& bytes, LogRecord& record);

/// Collects records of one partition until they are written as a batch. One thread.
class LogBatchBuilder {
 public:
  LogBatchBuilder() { Clear(); }

  void Append(const LogRecord& record, Micros now);
  bool empty() const { return count_ == 0; }
  size_t bytes() const { return buffer_.size(); }
  uint32_t count() const { return count_; }
  Micros min_time() const { return time_; }
  Micros max_time() const { return max_time_; }
  /// The batch, complete; valid until the next call.
  std::string_view Finish(uint64_t first);
  void Clear();

 private:
  std::string buffer_;
  uint32_t count_ = 0;
  Micros time_ = 0, max_time_ = 0;
};

}  // namespace weir
