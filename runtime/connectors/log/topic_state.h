#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/log/journal_cursor.h"

namespace weir {

/// What the journal says of one segment file.
struct SegmentUse {
  int64_t bytes = 0;    ///< end of what is committed
  int64_t records = 0;  ///< up to there
  int64_t end_offset = 0;
  Micros min_time = 0, max_time = 0;
};

/// A topic as its journal tells it: all records applied so far.
struct TopicState {
  using SegmentKey = std::pair<uint32_t, uint64_t>;  ///< partition, file

  std::string topic_id;
  std::vector<PartitionBounds> bounds;
  std::map<SegmentKey, SegmentUse> segments;
  std::vector<LaneMark> marks;  ///< the latest last
  std::vector<LogUnit> prepared;
  /// Per journal file: the next offsets of all partitions where it begins.
  std::map<uint64_t, std::vector<int64_t>> journals;
  /// Whether the topic has a head, and its journal reaches it. Where it has none, bytes that no
  /// entry names may once have been committed.
  bool guarded = false;

  /// `number`: the journal file that `record` stands in. Fails when it contradicts what was before.
  Status Apply(const JournalRecord& record, uint64_t number);
  void Mark(const LogUnit& unit);
  /// Committed so far, retained or not.
  int64_t Records() const;

 private:
  Status ApplyStart(const JournalRecord& record, uint64_t number);
  Status ApplyCommit(const LogUnit& unit);
};

/// Reads the journal of `folder` to its present end; `cursor` then stands there. Fails when the
/// topic's head knows of entries that are not there.
Result<TopicState> ReadTopicState(const std::string& folder, JournalCursor& cursor);

}  // namespace weir
