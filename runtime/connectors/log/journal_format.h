#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"

namespace weir {

/// The journal of a topic says which bytes of its segments are records, in which order. What no
/// commit names does not exist. README.md has the layout byte by byte.
inline constexpr size_t kJournalHeaderBytes = 24;

/// A run of whole batches in one segment file.
struct LogExtent {
  uint32_t partition = 0;
  uint64_t file = 0;
  int64_t begin = 0, end = 0;  ///< bytes
  int64_t records = 0;
  Micros min_time = 0, max_time = 0;
  int64_t base_offset = -1;  ///< of its first record; known at the commit
  int64_t end_offset() const { return base_offset + records; }
};

/// What one writer froze at a time: becomes visible as a whole.
struct LogUnit {
  std::string lane;     ///< pipeline/sink/incarnation/worker
  uint64_t number = 0;  ///< rises within a lane
  Micros time = 0;      ///< of the commit
  /// Whatever the writer wants to find again with its last unit (epoch, source positions).
  std::string note;
  std::vector<LogExtent> extents;
};

/// Offsets [start, next) of a partition can be read.
struct PartitionBounds {
  int64_t start = 0, next = 0;
};

/// The last unit that a lane committed.
struct LaneMark {
  std::string lane;
  uint64_t unit = 0;
  std::string note;
};

enum class JournalType : uint32_t {
  kStart = 1,    ///< first of each journal file: topic id, bounds and marks so far
  kPrepare = 2,  ///< a unit is durable, not visible
  kCommit = 3,   ///< it is visible, with these offsets
  kAbort = 4,    ///< it never will be
  kRetain = 5,   ///< the bounds' starts have moved
};

struct JournalRecord {
  JournalType type = JournalType::kStart;
  std::string topic_id;                 ///< kStart
  std::vector<PartitionBounds> bounds;  ///< kStart, kRetain: by partition
  std::vector<LaneMark> marks;          ///< kStart
  LogUnit unit;                         ///< kPrepare, kCommit; kAbort: lane and number
};

/// With header and checksums.
std::string EncodeJournalRecord(const JournalRecord& record);

struct JournalHeader {
  JournalType type = JournalType::kStart;
  uint32_t body_length = 0;
  uint64_t body_sum = 0;
};

/// False when the checksum is wrong, so that the length can't be trusted either.
bool DecodeJournalHeader(std::string_view bytes, JournalHeader& header);
/// `body` has been checked against its sum already.
Result<JournalRecord> DecodeJournalBody(JournalType type, std::string_view body);

}  // namespace weir
