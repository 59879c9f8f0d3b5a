#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/connectors/log/log_file.h"
#include "runtime/connectors/log/segment_file.h"
#include "runtime/connectors/log/topic_head.h"
#include "runtime/connectors/log/topic_state.h"

namespace weir {

struct LogTopicSettings {
  std::string dir, topic;
  uint32_t partitions = 4;  ///< of a topic that is not there yet
  int64_t segment_bytes = int64_t{128} << 20;
  Micros segment_time = Micros{24} * 3600 * kMicrosPerSecond;
  std::optional<Micros> retain_time;
  std::optional<int64_t> retain_bytes;
  bool sync = true;
  const Clock* clock = nullptr;
};

/// A segment in the hands of one writer, who appends behind `size`.
struct OpenSegment {
  uint32_t partition = 0;
  uint64_t number = 0;
  std::shared_ptr<SegmentFile> file;
  int64_t size = 0;  ///< with what the file holds back
  int64_t records = 0;
  Micros created = 0;
};

/// The writing side of a topic: one per process and topic, shared by all sinks that write it; other
/// processes are locked out. Thread-safe.
class LogTopic {
 public:
  /// Makes the topic when it is not there; a torn entry at the end of its journal is cut off, with
  /// a line on stderr.
  static Result<std::shared_ptr<LogTopic>> Open(const LogTopicSettings& settings);
  ~LogTopic();

  const std::string& folder() const { return folder_; }
  uint32_t num_partitions() const { return num_partitions_; }
  bool sync() const { return settings_.sync; }

  /// Before StartWriting: makes a unit visible that an earlier run prepared and a checkpoint lists.
  /// One that is visible already is left alone. DataLoss: the journal doesn't know it.
  Status CommitPrepared(const std::string& lane, uint64_t unit, const std::string& note);
  /// Mends what a crash left: units that were prepared and that nobody lists, and bytes without a
  /// commit, are removed, each with a line on stderr. Once, before the first TakeSegment; sinks
  /// that have units of an earlier run must have said so.
  Status StartWriting();

  /// A segment that nobody else writes, with room in it.
  Result<std::unique_ptr<OpenSegment>> TakeSegment(uint32_t partition);
  /// Only with everything in it committed; others are left for the next start to mend.
  void ReturnSegment(std::unique_ptr<OpenSegment> segment);
  bool IsFull(const OpenSegment& segment, Micros now) const;

  /// Last units of all lanes that begin with `prefix`, the latest last.
  std::vector<LaneMark> Marks(const std::string& prefix) const;
  /// Number for the next unit of a lane: above what it committed in former runs.
  uint64_t NextUnit(const std::string& lane) const;
  /// The units' bytes are in their files (and synced). Durable when this returns.
  Status Prepare(std::span<const LogUnit> units);
  /// Gives offsets and makes the units visible, in order. May be repeated after a failure: a unit
  /// that its lane has committed already is not committed twice.
  Status Commit(std::span<LogUnit> units);
  /// Deletes what `retain` and `retain_size` no longer keep; looks at most every few seconds.
  Status Maintain(Micros now);

 private:
  /// Where the journal was when something was added to it.
  struct Written {
    std::shared_ptr<LogFile> journal;
    HeadMark mark;
  };

  explicit LogTopic(const LogTopicSettings& settings);
  Status Lock();
  Status Load();
  Status Create();
  Status CutJournal(const JournalCursor& cursor);
  Status AppendCommit(LogUnit& unit, Written& written);
  Status AbortPrepared();
  Status MendSegments(uint32_t partition);
  Status MendSegment(uint32_t partition, uint64_t number, const SegmentUse& use);
  Status RemoveUnused(uint32_t partition, uint64_t number);
  Status CheckFirstJournal() const;
  Status CheckNoSegments() const;
  Status StartJournal(uint64_t number);
  Status AppendToJournal(const JournalRecord& record, Written& written);
  Written JournalEnd() const;
  Status SyncJournal(const std::shared_ptr<LogFile>& journal) const;
  /// Syncs the journal and then moves the head on, so that the end of it can't get lost silently.
  Status Secure(const Written& written);
  bool WasCommitted(const LogUnit& unit) const;
  Result<bool> MoveStarts(Micros now);
  Status DeleteOld();
  void KeepLonger(const LogTopicSettings& other);

  LogTopicSettings settings_;
  std::string folder_;
  int lock_ = -1;
  uint32_t num_partitions_ = 0;

  mutable std::mutex mutex_;
  TopicState state_;
  std::shared_ptr<LogFile> journal_;
  uint64_t journal_number_ = 0;
  int64_t journal_size_ = 0;
  uint64_t journal_sum_ = 0;  ///< of its last entry
  uint64_t next_file_ = 1;
  bool writing_ = false;  ///< what a crash left is mended
  std::vector<std::unique_ptr<OpenSegment>> free_;
  std::set<TopicState::SegmentKey> taken_;

  std::mutex head_mutex_;  ///< after the other one, never before it
  TopicHead head_;

  // Retention: commits up to here are no longer kept.
  std::optional<JournalCursor> oldest_;
  std::optional<LogUnit> oldest_unit_;
  std::vector<int64_t> droppable_;  ///< per partition: offsets below may go
  int64_t live_bytes_ = 0;
  Micros next_look_ = kMinTimestamp;
};

}  // namespace weir
