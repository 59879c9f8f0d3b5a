#pragma once

#include <memory>
#include <string>

#include "runtime/connector/source_connector.h"
#include "runtime/connector/source_positions.h"
#include "runtime/time/partition_watermark.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// One partition of a source while a worker reads it.
struct SourcePartition {
  std::string name;    ///< stable; keys the position in checkpoints
  uint32_t index = 0;  ///< among all partitions of the source
  std::unique_ptr<PartitionReader> reader;
  PartitionWatermark watermark;
  std::string resume_from;   ///< position at the start of this run
  int64_t last_offset = -1;  ///< of the last record handed on in this run; -1: none yet
  bool ended = false;
  bool idle = false;
  /// Records to ask for: follows how many rows come between two steps of the watermark, since
  /// columns are as long as what was read together.
  uint32_t batch_hint = kBatchRows;
  /// Nothing behind it is read until the MuteStop that it is of has ended; null: no limit.
  const PartitionPlace* limit = nullptr;
  int64_t limit_offset = -1;  ///< of the last record before it
  bool at_limit = false;
  Micros not_before = kMinTimestamp;   ///< clock time of the next poll
  Micros empty_since = kMaxTimestamp;  ///< clock time since when it is at its end

  /// Resume point after the last record handed on.
  std::string Position() const {
    return last_offset < 0 ? resume_from : reader->Position(last_offset);
  }
};

/// What a checkpoint holds of a partition, as the value of one state entry.
std::string EncodePartition(const SourcePartition& partition);
/// Sets watermark, end and resume_from from such a value.
Status DecodePartition(std::string_view value, SourcePartition& partition);

}  // namespace weir
