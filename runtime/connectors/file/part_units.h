#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/file/part_file.h"

namespace weir {

/// A part file that readers can't see yet.
struct PartUnit {
  uint32_t lane = 0;
  uint64_t number = 0;
  std::string name;
  int64_t length = 0;              ///< bytes that belong to `epoch`; whole frames where compressed
  uint64_t epoch = 0;              ///< the checkpoint that it was frozen for
  bool ended = false;              ///< no rows follow: the commit makes it visible
  std::shared_ptr<PartFile> file;  ///< null: of an earlier run
};

/// Of which lane the visible part `name` is, and its number there; none when it is no part of
/// `incarnation`.
struct PartNumber {
  uint32_t lane = 0;
  uint64_t number = 0;
};
std::optional<PartNumber> PartNumberOf(const std::string& name, const std::string& incarnation);

/// The parts of a folder that are frozen and not yet visible, of all writers. Thread-safe.
class PartUnits {
 public:
  PartUnits(std::string folder, std::string incarnation);

  std::string Hidden(const std::string& name) const;
  /// Number of the first unit that `lane` has not used.
  uint64_t NextUnit(uint32_t lane) const;
  std::map<uint32_t, uint64_t> NextUnits() const;
  /// Rows that are frozen up to `epoch` and not visible: their unit goes on.
  bool HasFrozen(uint64_t epoch) const;

  /// A file that a writer has begun: `MakeRoom` sees to it until it is gone.
  void Watch(const std::shared_ptr<PartFile>& file);
  /// Some file keeps bytes for which the disk has no room.
  void NoteFull();
  bool full() const { return full_.load(std::memory_order_acquire); }
  /// When full: tries again to write what files keep. Fails for everything but want of room.
  Status MakeRoom();

  /// `unit` as of a barrier; replaces what an earlier barrier said of it.
  void Freeze(PartUnit unit);
  /// Syncs (if `durable`) what is frozen up to `epoch`, which must have room on the disk, and says
  /// what a later run must know of it.
  Result<std::string> Prepare(uint64_t epoch, bool durable);
  /// Whether Deliver would make something visible.
  bool HasDue(uint64_t epoch) const;
  /// Makes ended units visible that are frozen up to `epoch`.
  Status Deliver(uint64_t epoch);
  /// Up to which epoch PublishCommitted would make something visible; 0: there is nothing.
  uint64_t Publishable() const;
  /// At the end: units that wait for more rows become visible with what is committed of them.
  Status PublishCommitted();
  /// Whether Restore would make something visible.
  static bool ListsUnits(std::string_view state);
  /// After a crash: cuts units of the commit to their length and makes them visible, removes what
  /// no commit lists. Before any writer. DataLoss: a unit is gone; with `accept_loss` a line on
  /// stderr instead.
  Status Restore(std::string_view state, bool accept_loss = false);

 private:
  Result<std::vector<PartUnit>> Parse(std::string_view state);
  Status Publish(const PartUnit& unit) const;
  Status RemoveUnlisted();
  /// The files that are still used by somebody.
  std::vector<std::shared_ptr<PartFile>> Files();

  const std::string folder_;
  const std::string incarnation_;
  mutable std::mutex mutex_;
  uint64_t committed_ = 0;                                    ///< last epoch
  std::map<std::pair<uint32_t, uint64_t>, PartUnit> frozen_;  ///< by lane, number
  std::map<std::pair<uint32_t, uint64_t>, int64_t> synced_;   ///< bytes known to be durable
  std::map<uint32_t, uint64_t> next_;                         ///< unit, by lane
  std::vector<std::weak_ptr<PartFile>> files_;                ///< watched
  std::atomic<bool> full_{false};
};

}  // namespace weir
