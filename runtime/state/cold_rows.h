#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_access.h"

namespace weir {

/// The rows of a StateTable that are in the backend only: how many there are, when they have to be
/// back in memory, and reading them. After a restore nothing is known of them until a sweep, a scan
/// in slices from the first key group to the last, has passed; what it has not passed yet is read
/// like the rest. One thread.
class ColdRows {
 public:
  /// Whether the row is in memory (or known there to be erased): then it isn't cold.
  using InMemory = std::function<bool(std::string_view key)>;
  /// A cold row, on its way: true takes it into memory.
  using Take = std::function<bool(std::string_view key, std::string_view value)>;
  /// When a stored row has to be in memory (event time); kMaxTimestamp: when it is asked for.
  using DueOf = std::function<Micros(std::string_view value)>;

  ColdRows(std::shared_ptr<const StateReader> reader, std::string slot, DueOf due_of);

  /// Whether a key that is not in memory may be here.
  bool any() const { return count_ > 0 || sweeping_; }
  /// Those that a sweep has passed.
  int64_t count() const { return count_; }
  /// When the next one has to be back; while a sweep is under way those it has passed.
  Micros next_due() const { return due_.empty() ? kMaxTimestamp : due_.begin()->first; }
  /// No row outside memory has to be back before this, whatever a sweep has yet to pass.
  Micros none_due_before() const { return sweeping_ ? due_before_sweep_ : next_due(); }

  /// A row left memory, or came back by being asked for.
  void Left(uint32_t group, std::string_view key, Micros due) { Count(group, key, due, 1); }
  void CameBack(uint32_t group, std::string_view key, Micros due) { Count(group, key, due, -1); }

  /// Starts from the first group again, counting anew.
  void BeginSweep();
  bool sweeping() const { return sweeping_; }
  /// Goes on with it within the budget.
  Status Sweep(SliceBudget& budget, const InMemory& in_memory, const Take& take);

  /// `keys` in order. Value i is that of key i.
  Result<std::vector<std::optional<std::string>>> Read(const std::vector<StateKey>& keys) const {
    return reader_->MultiGet(slot_, keys);
  }
  Micros DueOfStored(std::string_view value) const { return due_of_(value); }

 private:
  bool Passed(uint32_t group, std::string_view key) const {
    return !sweeping_ || group < group_ || (group == group_ && key < next_key_);
  }
  void Count(uint32_t group, std::string_view key, Micros due, int change);
  Status SweepGroup(SliceBudget& budget, const InMemory& in_memory, const Take& take);

  const std::shared_ptr<const StateReader> reader_;
  const std::string slot_;
  const DueOf due_of_;
  int64_t count_ = 0;
  std::map<Micros, int64_t> due_;            ///< cold rows by the time at which they must be back
  Micros due_before_sweep_ = kMinTimestamp;  ///< none_due_before when the sweep began
  bool sweeping_ = false;
  uint32_t group_ = 0;  ///< the sweep has passed what is before (group_, next_key_)
  std::string next_key_;
};

}  // namespace weir
