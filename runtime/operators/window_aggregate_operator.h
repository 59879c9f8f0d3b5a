#pragma once

#include <map>
#include <memory>
#include <optional>
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
  Status Restore(const StateReader& in) override;

 private:
  using PaneKey = PaneAssigner::PaneKey;
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

  /// The window that fires: its groups, of which those before `next` have left.
  struct Firing {
    Micros end;
    std::unique_ptr<StateTable> merged;  ///< what the groups point into; null: a single pane
    std::vector<AggregateRows::Group> groups;
    size_t next = 0;
  };

  Pane& PaneAt(const PaneKey& key);
  /// Rows that an aggregate refuses are in `errors`.
  void AddToPane(const RecordBatch& batch, const PaneKey& key, const RowIndices& rows,
                 RowErrors& errors);
  void NoteChanges(Pane& pane, const RowIndices& rows);
  Status MergePartials(const RecordBatch& batch);

  bool emits_early() const { return aggregate_.emit.on_update || aggregate_.emit.every; }
  /// End of the next window to fire, kMaxTimestamp when no pane waits for one.
  Micros NextEnd() const;
  void BeginFiring(Micros end);
  /// Calls `visit(key, panes)` for the panes that window `end` reads.
  template <typename Visit>
  void ForPanesOf(Micros end, Visit&& visit);
  void DropPanesBefore(Micros end);
  /// Fires windows until about a batch has left.
  Status Fire(Collector& out);
  /// Emits open windows of the keys changed since the last time.
  Status EmitChanged(Collector& out);
  /// About a batch of them.
  Status EmitUpdates(Collector& out);
  /// The next of the first window that has some, at most a batch; counts them in `emitted`.
  Status EmitUpdatesOfFirst(size_t& emitted, Collector& out);
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
  std::optional<Firing> firing_;
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
};

}  // namespace weir
