#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/operators/accumulators.h"
#include "runtime/operators/aggregate_rows.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_table.h"

namespace weir {

/// The groups of a window that fires, merged from its panes. With all of them in memory they come
/// in the order of their keys. Where some are on disk they come key group by key group, since that
/// is the order of the store: what is cold is read in slices, and one key group of results is in
/// memory at a time. Nothing may change in the panes or leave them meanwhile. One thread.
class WindowFiring {
 public:
  /// Into zeroed memory.
  using Deserialize = std::function<Status(std::string_view value, uint8_t* block)>;

  /// `panes`, in the order of time, and `accumulators` outlive it. Cold rows are those of the key
  /// groups of `stored`, which is null where no row ever leaves.
  WindowFiring(Micros end, std::vector<const StateTable*> panes, const Accumulators& accumulators,
               const StateReader* stored, Deserialize deserialize);

  Micros end() const { return end_; }
  /// Groups wait in `groups` from `next` on.
  bool ready() const { return next < groups.size(); }
  /// None waits and none is to come.
  bool done() const { return !ready() && key_group_ >= end_group_; }
  /// When none waits: goes on within the budget to where some do or none is to come.
  Status Read(SliceBudget& budget);

  std::vector<AggregateRows::Group> groups;
  size_t next = 0;

 private:
  void TakeAll();
  void SortHot();
  void TakeHot(size_t pane);
  Status TakeCold(std::string_view key, std::string_view value);
  void Merge(const uint8_t* block);
  void BeginMerged();
  void ListMerged();

  const Micros end_;
  const std::vector<const StateTable*> panes_;
  const Accumulators& accumulators_;
  const Deserialize deserialize_;
  std::unique_ptr<StateTable> merged_;  ///< groups that are not those of the only pane
  uint32_t key_group_ = 0, end_group_ = 0;

  // While it goes by key groups.
  std::vector<AggregateRows::Group> reading_;  ///< of key_group_, from the only pane
  size_t pane_ = 0;                            ///< of panes_, which is being read
  bool hot_taken_ = false;                     ///< what the pane has in memory of the key group
  std::string from_;                           ///< key from which the pane's cold rows are to come
  std::vector<std::vector<uint8_t*>> hot_;     ///< by pane, by key group
  std::vector<size_t> next_hot_;               ///< by pane
  std::unique_ptr<uint8_t[]> scratch_;
};

}  // namespace weir
