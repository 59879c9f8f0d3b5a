#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_access.h"

namespace weir {

/// The rows of a StateTable that are in the backend only: how many there are, when they have to be
/// back in memory, and reading them. Keys are those of the table; in the backend they stand behind
/// the table's prefix. One thread.
///
/// After a restore nothing is known of them until a sweep, a scan in slices from the first key
/// group to the last, has counted them; what it has not passed yet is read like the rest. Later
/// sweeps look for what is due only: in `<slot>.due`, which a table with due rows keeps beside its
/// rows, in order of time (`DueKey`).
class ColdRows {
 public:
  /// Whether the row is in memory (or known there to be erased): then it isn't cold.
  using InMemory = std::function<bool(std::string_view key)>;
  /// A cold row, on its way: true takes it into memory.
  using Take = std::function<bool(std::string_view key, std::string_view value)>;
  /// When a stored row has to be in memory (event time); kMaxTimestamp: when it is asked for.
  using DueOf = std::function<Micros(std::string_view value)>;
  /// A cold row that a scan has come to.
  using Visit = std::function<Status(std::string_view key, std::string_view value)>;

  /// `due_of` null: rows are never due. `stored`: the backend may have rows of the table, from
  /// before.
  ColdRows(std::shared_ptr<const StateReader> reader, std::string slot, std::string prefix,
           DueOf due_of, bool stored);

  static std::string DueSlot(std::string_view slot) { return std::string(slot) + ".due"; }
  /// Key in that slot of a row that is due then.
  static void DueKey(std::string_view prefix, Micros due, std::string_view key, std::string& out);
  /// The time and the row's key, of such a key behind its prefix; none: it is too short.
  static std::optional<std::pair<Micros, std::string_view>> SplitDueKey(std::string_view key);

  /// Whether a key that is not in memory may be here.
  bool any() const { return count_ > 0 || counting_; }
  /// While the first sweep is under way those it has passed.
  int64_t count() const { return count_; }
  /// No row has to be back before.
  Micros next_due() const { return next_due_; }
  /// The same, whatever a sweep has yet to pass.
  Micros none_due_before() const {
    if (counting_) return kMinTimestamp;
    return looking_ ? std::min(next_due_, due_before_sweep_) : next_due_;
  }

  /// A row left memory, or came back: by being asked for, or by a sweep for due ones.
  void Left(uint32_t group, std::string_view key, Micros due);
  void CameBack(uint32_t group, std::string_view key) { Count(group, key, -1); }

  /// Starts to look for rows that are due by `until`; not while sweeping.
  void BeginDueSweep(Micros until);
  bool sweeping() const { return counting_ || looking_; }
  /// The sweep counts: rows that it takes are not yet counted.
  bool counting() const { return counting_; }
  /// Goes on within the budget. A sweep for due rows offers these only.
  Status Sweep(SliceBudget& budget, const InMemory& in_memory, const Take& take) {
    return counting_ ? SweepAll(budget, in_memory, take) : SweepDue(budget, in_memory, take);
  }

  /// `keys` in order. Value i is that of key i.
  Result<std::vector<std::optional<std::string>>> Read(const std::vector<StateKey>& keys) const;
  /// Cold rows of one key group in the order of their keys, from `next` on, within the budget.
  /// False: the rest waits, from the new `next` on.
  Result<bool> Scan(uint32_t group, std::string& next, SliceBudget& budget,
                    const InMemory& in_memory, const Visit& visit) const;
  const StateReader& reader() const { return *reader_; }
  Micros DueOfStored(std::string_view value) const {
    return due_of_ == nullptr ? kMaxTimestamp : due_of_(value);
  }

 private:
  struct DueRow {
    Micros due;
    std::string key;
  };
  bool Passed(uint32_t group, std::string_view key) const {
    return !counting_ || group < group_ || (group == group_ && key < next_key_);
  }
  void Count(uint32_t group, std::string_view key, int change);
  Status SweepAll(SliceBudget& budget, const InMemory& in_memory, const Take& take);
  Status SweepDue(SliceBudget& budget, const InMemory& in_memory, const Take& take);
  /// The next due rows of the running group that are not in memory; true when it has no more.
  Result<bool> FindDue(SliceBudget& budget, const InMemory& in_memory, std::vector<DueRow>& found);
  Status TakeDue(std::vector<DueRow>& found, SliceBudget& budget, const Take& take);
  Result<bool> ScanStored(uint32_t group, std::string& next, SliceBudget& budget,
                          const Visit& visit) const;

  const std::shared_ptr<const StateReader> reader_;
  const std::string slot_;
  const std::string prefix_;
  const DueOf due_of_;
  int64_t count_ = 0;
  Micros next_due_ = kMaxTimestamp;
  bool counting_ = false;
  bool looking_ = false;
  uint32_t group_ = 0;  ///< the sweep has passed what is before (group_, next_key_)
  std::string next_key_;
  Micros until_ = kMinTimestamp;             ///< of a sweep for due rows
  Micros due_after_ = kMaxTimestamp;         ///< first entry that it saw beyond
  Micros due_before_sweep_ = kMinTimestamp;  ///< none_due_before when it began
};

}  // namespace weir
