#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/log/log_topic.h"

namespace weir {

int64_t RowsOf(const LogUnit& unit);

/// What the entry of a unit in the journal tells of the checkpoint that made it visible: `EPOCH`,
/// or `EPOCH POSITIONS` with the last unit of it, since then all of them are visible.
struct LogNote {
  uint64_t epoch = 0;
  std::string positions;

  std::string ToText() const;
  /// None: it is something else.
  static std::optional<LogNote> FromText(std::string_view text);
};

/// A unit and the files with its extents.
struct WrittenUnit {
  LogUnit unit;
  std::vector<std::shared_ptr<SegmentFile>> files;
};

/// The units of a sink, of all its writers, from their barrier until they are visible. Thread-safe.
class LogUnits {
 public:
  /// `resumable`: a later run may deliver what this one leaves.
  LogUnits(std::shared_ptr<LogTopic> topic, bool resumable)
      : topic_(std::move(topic)), resumable_(resumable) {}

  void Freeze(WrittenUnit written, uint64_t epoch);
  /// Syncs what is frozen up to `epoch`, enters it in the journal, and says what a later run must
  /// know of it.
  Result<std::string> Prepare(uint64_t epoch);
  void NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions);
  /// Makes visible what is frozen up to `epoch`.
  Status Deliver(uint64_t epoch);
  /// Makes visible what the last commit of an earlier run, `epoch`, lists. DataLoss: the journal
  /// does not know a unit; with `accept_loss` a line on stderr instead.
  Status Restore(uint64_t epoch, std::string_view state, bool accept_loss = false);
  /// Rows of `lane` that are frozen and not visible.
  int64_t UndeliveredRows(const std::string& lane) const;
  /// The disk has no room for what was appended to the file: full() until MakeRoom finds some.
  void NoteFull(const std::shared_ptr<SegmentFile>& file);
  bool full() const { return full_.load(std::memory_order_acquire); }
  /// Writes what the files hold back, as far as there is room.
  Status MakeRoom();
  /// Number of the last unit of `lane` that is visible; 0: none in this run.
  uint64_t Delivered(const std::string& lane) const;

 private:
  struct Frozen {
    LogUnit unit;
    std::vector<std::shared_ptr<SegmentFile>> files;
    uint64_t epoch = 0;
    bool prepared = false;
  };
  std::string Note(uint64_t epoch, bool last) const;
  Status SyncSegments(const std::vector<std::shared_ptr<SegmentFile>>& files) const;

  const std::shared_ptr<LogTopic> topic_;
  const bool resumable_;
  mutable std::mutex mutex_;
  std::deque<Frozen> frozen_;  ///< by epoch, within a lane by number
  std::map<std::string, uint64_t> delivered_;
  std::shared_ptr<const std::string> positions_;  ///< at barrier positions_epoch_
  uint64_t positions_epoch_ = 0;
  std::vector<std::shared_ptr<SegmentFile>> held_;  ///< files that hold bytes back
  std::atomic<bool> full_{false};
};

}  // namespace weir
