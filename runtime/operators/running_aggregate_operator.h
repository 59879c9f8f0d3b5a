#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/operators/accumulators.h"
#include "runtime/operators/aggregate_input.h"
#include "runtime/operators/aggregate_rows.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/key_ends.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"
#include "runtime/state/state_table.h"

namespace weir {

/// `aggregate … by …` without a window: one group per key, for as long as its `ttl` (event time
/// since its last row, judged by the stamp of the row that comes next) or, in a view, `retain`
/// (from a date or timestamp among the keys) lets it live. Results leave on update: when the worker
/// is idle, at the latest after a second, each changed key once; or every so often.
class RunningAggregateOperator final : public Operator, public Resumable {
 public:
  explicit RunningAggregateOperator(const plan::AggregateNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  bool HasMore() const override {
    return next_leaving_ < leaving_.size() || expires_ || !ended_.empty();
  }
  Status Resume(Collector& out) override;
  Status ProcessTime(Micros now, Collector& out) override;
  Micros NextProcessingTime() const override { return next_emit_; }
  Status Flush(Collector& out) override;
  Status Finish(Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  StateTable* table() override { return groups_.get(); }
  Status Sweep(SliceBudget& budget, bool take_all) override;
  Status Restore(const StateReader& in) override;

 private:
  /// At the start of each group's block.
  struct GroupHeader {
    Micros expires_from;  ///< event time that the lifetime counts from
    uint8_t changed;
    uint8_t emitted;  ///< readers know the key: its end is a delete
    KeyEnds::Links links;
  };
  static constexpr size_t kStoredHeader = 16;
  static GroupHeader& HeaderOf(uint8_t* block) { return *reinterpret_cast<GroupHeader*>(block); }
  static const GroupHeader& HeaderOf(const uint8_t* block) {
    return *reinterpret_cast<const GroupHeader*>(block);
  }

  bool has_retain_key() const { return aggregate_.retain_key >= 0; }
  /// Event time that the life of a row's group counts from.
  Micros LifeStart(RowIndex row, const ColumnView<Micros>& times) const;
  /// Takes rows out that are older than the lifetime.
  Status TakeOldRows(const RecordBatch& batch, RowSet& rows, Collector& out);
  Status AddRows(const RecordBatch& batch, const RowSet& rows, Collector& out);
  Status AddToGroups(const RecordBatch& batch, const RowSet& rows, Collector& out);
  /// Ends the group's life and begins another one.
  Status Restart(uint8_t* block, Collector& out);
  void Register(uint8_t* block);
  void Serialize(const uint8_t* block, std::string& out) const;
  Status Deserialize(std::string_view value, uint8_t* block) const;
  /// A restored group, or one that comes back.
  void Take(uint8_t* block);
  StateTable::Cold ColdGroups();
  /// When a group must be in memory: at the end of the slice in which it may end, or at once if it
  /// has changes to be shown.
  Micros DueOf(Micros expires_from, uint8_t changed) const;
  Status FinishSweep();
  /// What leaves next: the last values of groups that have changed, the ends of those whose life
  /// is over.
  void BeginUpdates();
  void BeginEnds();
  /// The next batch of it.
  Status EmitLeaving(Collector& out);
  Status EmitChanged(Collector& out);
  /// Event time and stamp of results: nothing behind a running aggregate waits for time.
  Micros OutputTime() const { return watermark_ == kMinTimestamp ? 0 : watermark_; }

  const plan::AggregateNode& aggregate_;
  const Micros lifetime_;
  RowRouter errors_to_;
  RowRouter late_to_;
  AggregateInput input_;
  std::unique_ptr<Accumulators> accumulators_;
  std::unique_ptr<AggregateRows> rows_;
  std::unique_ptr<StateTable> groups_;
  FailingRows failing_;
  RowIndices kept_;

  KeyEnds ends_;
  std::vector<uint8_t*> changed_;
  std::vector<AggregateRows::Group> leaving_;  ///< sorted, from next_leaving_ on
  size_t next_leaving_ = 0;
  bool leaving_deleted_ = false;
  bool expires_ = false;         ///< when they have left, groups end
  std::vector<uint8_t*> ended_;  ///< gone when their deletes have left
  Micros watermark_ = kMinTimestamp;
  Micros next_emit_ = kMaxTimestamp;
  std::vector<uint8_t*> blocks_;
  std::vector<uint8_t*> created_;

  InstanceTimes times_;
};

}  // namespace weir
