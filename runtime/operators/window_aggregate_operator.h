#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/operators/accumulators.h"
#include "runtime/operators/aggregate_input.h"
#include "runtime/operators/aggregate_rows.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/pane_assigner.h"
#include "runtime/operators/resumable.h"
#include "runtime/operators/stored_panes.h"
#include "runtime/operators/window_firing.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `aggregate … over tumbling | sliding | cumulating`. Rows are added to the accumulators of their
/// key in their pane; a window fires once, when the watermark reaches its end plus the lateness, by
/// merging its panes.
///
/// A row that is late for some windows of its pane goes to a pane of its own that only later
/// windows read. So the result of a window doesn't depend on whether it has already fired here,
/// which varies with the number of workers, but only on the row's own watermark.
///
/// Rows of panes may leave memory, but those that wait for an early result. They come back when a
/// row of their key comes, for early results of their windows, and, without coming back, when a
/// window fires (WindowFiring).
class WindowAggregateOperator final : public Operator, public Resumable {
 public:
  enum class Input : uint8_t {
    kRows,
    kPartials,  ///< of PartialAggregateOperator; they are never late and never fail
  };
  explicit WindowAggregateOperator(const plan::AggregateNode& node, Input reads = Input::kRows);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  bool HasMore() const override { return firing_.has_value() || !updates_.empty(); }
  Status Resume(Collector& out) override;
  Micros OutputWatermark(Micros watermark) const override;
  Status ProcessTime(Micros now, Collector& out) override;
  Micros NextProcessingTime() const override { return next_emit_; }
  Status Flush(Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  bool WriteSealed(SliceBudget& budget) override;
  StateMemory Memory() override;
  void Committed(uint64_t epoch) override;
  size_t Evict(size_t bytes) override;
  bool has_upkeep() override;
  Status Sweep(SliceBudget& budget, bool take_all) override;
  Status Restore(const StateReader& in) override;

 private:
  using PaneKey = PaneAssigner::PaneKey;
  static constexpr PaneKey kFirstPane{kMinTimestamp, kMinTimestamp};
  struct Pane {
    explicit Pane(size_t block_size, StateTable::Destroy destroy)
        : groups(block_size, std::move(destroy)) {}
    StateTable groups;
    std::vector<uint8_t*> changed;  ///< since the last early emit
  };
  /// At the start of each group's block.
  struct GroupHeader {
    uint8_t changed = 0;
  };

  static GroupHeader& HeaderOf(uint8_t* block) { return *reinterpret_cast<GroupHeader*>(block); }
  static const GroupHeader& HeaderOf(const uint8_t* block) {
    return *reinterpret_cast<const GroupHeader*>(block);
  }

  /// `stored`: when it is made, there may be rows of it in the backend.
  Pane& PaneAt(const PaneKey& key, bool stored = false);
  StateTable::Cold ColdGroups(Pane& pane, bool stored);
  void Serialize(const uint8_t* block, std::string& out) const;
  Status Deserialize(std::string_view value, uint8_t* block) const;
  /// A group is in memory again: what it had to emit is still to be emitted.
  void Take(Pane& pane, uint8_t* block);
  Status RestoreRows(const StateReader& in);
  Status RestorePanes(const StateReader& in);
  Result<PaneKey> StoredPaneOf(std::string_view key) const;
  /// Rows that an aggregate refuses are in `errors`.
  Status AddToPane(const RecordBatch& batch, const PaneKey& key, const RowIndices& rows,
                   RowErrors& errors);
  void NoteChanges(Pane& pane, const RowIndices& rows);
  Status MergePartials(const RecordBatch& batch);
  Status MergePartialsOf(const PaneKey& key, const RowIndices& rows,
                         const ColumnView<std::string_view>& partials);

  bool emits_early() const { return aggregate_.emit.on_update || aggregate_.emit.every; }
  /// After a restart some keys that have changed may not have been found yet: early results wait,
  /// so that a key's panes are shown together.
  bool misses_changes() const;
  /// End of the next window to fire, kMaxTimestamp when no pane waits for one.
  Micros NextEnd() const;
  void BeginFiring(Micros end);
  /// Calls `visit(key, panes)` for the panes that window `end` reads.
  template <typename Visit>
  void ForPanesOf(Micros end, Visit&& visit);
  void DropPanesBefore(Micros end);
  void DropPane(std::unique_ptr<Pane> pane);
  /// Fires windows until about a batch has left.
  Status Fire(Collector& out);
  /// Emits open windows of the keys changed since the last time.
  Status EmitChanged(Collector& out);
  /// About a batch of them.
  Status EmitUpdates(Collector& out);
  /// The next of the first window that has some, at most a batch; counts them in `emitted`.
  Status EmitUpdatesOfFirst(size_t& emitted, Collector& out);
  /// The keys of `changed` in the panes of window `end` are in memory.
  Status LoadPanes(Micros end, std::span<const AggregateRows::Group> changed);
  void ScheduleEmit();

  const plan::AggregateNode& aggregate_;
  const Input reads_;
  const WindowPanes panes_of_;
  PaneAssigner assigner_;
  RowRouter errors_to_;
  RowRouter late_to_;
  AggregateInput input_;
  KeyEncoder partial_keys_;
  std::unique_ptr<Accumulators> accumulators_;
  std::unique_ptr<AggregateRows> rows_;
  FailingRows failing_;

  std::map<PaneKey, std::unique_ptr<Pane>> panes_;
  std::optional<WindowFiring> firing_;
  /// Whose windows have fired: what is sealed of them is still to be written, then they are freed
  /// in slices.
  std::vector<std::unique_ptr<Pane>> gone_;
  uint64_t committed_ = 0;  ///< the last that Committed told of
  PaneKey evict_from_ = kFirstPane;
  /// Changed keys that are yet to be emitted, sorted by key, by end of a window that is open; their
  /// blocks are those of some pane.
  std::map<Micros, std::vector<AggregateRows::Group>> updates_;
  size_t next_update_ = 0;             ///< of the first window
  Micros fire_up_to_ = kMinTimestamp;  ///< watermark under way
  Micros watermark_ = kMinTimestamp;
  Micros fired_until_ = kMinTimestamp;  ///< ends up to here have fired
  Micros next_emit_ = kMaxTimestamp;
  SlotChanges dropped_;  ///< deletes of the entries of panes that are gone

  std::vector<uint8_t*> blocks_;
  std::vector<uint8_t*> created_;

  InstanceTimes times_;
  StoredPanes stored_panes_;
};

}  // namespace weir
