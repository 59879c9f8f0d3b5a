#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/key_ends.h"
#include "runtime/operators/key_rounds.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"
#include "runtime/operators/state_executor.h"
#include "runtime/operators/timer_queue.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `process by k ttl d state {…} on event e {…} on timer t {…}`: keyed state that the program
/// itself manages. One timer of each name per key, in event time.
///
/// A timer fires when the watermark reaches it; for a row of its key at the latest before that row,
/// judged by the row's own watermark, so that the number of workers can't change what a row sees. A
/// timer set to a time that has already passed fires at the next watermark (never in a loop). A key
/// lives for `ttl` of event time after its last row, or until its last pending timer has fired.
///
/// Keys may leave memory. Sweeps bring them back in the slice of time of their first timer, while
/// rows go on; until a sweep has passed and what it found has fired, the output watermark stays
/// behind the first timer that may be outside (`settled_`).
class ProcessOperator final : public Operator, public Resumable {
 public:
  explicit ProcessOperator(const plan::ProcessNode& node);
  ~ProcessOperator() override;
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  bool HasMore() const override;
  bool HoldsBack() const override { return timers_.num_timers() > 0 && settled_ < watermark_; }
  Micros OutputWatermark(Micros watermark) const override;
  Status Resume(Collector& out) override;
  Status ProcessTime(Micros now, Collector& out) override;
  Micros NextProcessingTime() const override { return next_emit_; }
  Status Flush(Collector& out) override;
  Status Finish(Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  StateTable* table() override { return &table_; }
  StateMemory Memory() override;
  Status Sweep(SliceBudget& budget, bool take_all) override;
  Status Restore(const StateReader& in) override;

 private:
  using Alarm = TimerQueue::Alarm;
  /// At the start of each key's block; its timers follow, then the fields.
  struct KeyState {
    KeyRounds::Mark mark;
    Micros last_row;
    Micros last_timer;  ///< that fired; kMinTimestamp: none
    KeyEnds::Links links;
    uint8_t changed;  ///< since its row was last emitted
    uint8_t emitted;  ///< readers know its row
  };
  /// What a watermark still has to do.
  enum class Reach : uint8_t {
    kNothing,
    kTimers,
    kReturned,  ///< timers of keys that a sweep brought back
    kAfterTimers,
    kEnds,
    kErase,
    kAllKeys,  ///< the end of input: timers of keys outside memory fire too
  };
  static KeyState& StateOf(uint8_t* block) { return *reinterpret_cast<KeyState*>(block); }
  static const KeyState& StateOf(const uint8_t* block) {
    return *reinterpret_cast<const KeyState*>(block);
  }
  static size_t PrefixOf(const plan::ProcessNode& node) {
    return sizeof(KeyState) + TimerQueue::BytesFor(node.program.timers.size());
  }
  bool has_output() const { return !process_.program.output.empty(); }

  void InitBlock(uint8_t* block);
  /// Does the next part of what is under way: timers that fire before all else, then rows or their
  /// keys' output, then the rest of a watermark.
  Status Step(Collector& out);
  Status StepRows(Collector& out);
  Status StepWatermark();
  void AfterTimers();
  Status StepAllKeys();
  /// What is due by the watermark has left: readers may be told of it, as far as no timer that may
  /// be outside memory comes before.
  void Settle();
  void EndBatch();
  Status RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out);
  /// True when timers must fire before the rows of a round may run.
  bool StartTimersBefore(const RecordBatch& batch, const RowIndices& rows);
  void ResetEnded(const RecordBatch& batch, const RowIndices& rows);
  void ApplyTimers(const std::vector<StateExecutor::TimerChange>& changes,
                   const std::vector<uint8_t*>& blocks, Micros fired_at);
  void NoteChanged(uint8_t* block);

  /// Timers that a run sets to no later than its own time wait for the next watermark.
  Status FireRound(const std::vector<Alarm>& alarms, Collector& out);
  /// A timer block that failed: its key goes to the error route; its state stays as it was.
  Status RouteFailedTimers(const std::vector<Alarm>& alarms, const RowErrors& errors,
                           Collector& out);

  Status EmitRows(std::vector<StateExecutor::Emitted>& emitted, const HiddenColumns& hidden,
                  uint32_t rows, Collector& out);
  /// Rows of `output` for these keys, at most a batch; `deleted`: only their keys count.
  Status EmitOutput(std::span<uint8_t* const> blocks, bool deleted, Collector& out);
  void BeginUpdates();
  /// Emits all that has changed, as far as it fits now.
  Status EmitChanged(Collector& out);

  void RegisterEnd(uint8_t* block);
  void BeginEnds();
  std::vector<ColumnPtr> KeyColumns(std::span<uint8_t* const> blocks) const;
  void Serialize(const uint8_t* block, std::string& out) const;
  Status ReadBlock(std::string_view value, uint8_t* block);
  /// What is stored before the fields, timers into stored_timers_; moves `value` past it.
  Status ReadTimes(std::string_view& value, KeyState& state);
  /// A restored key, or one that comes back.
  void Take(uint8_t* block);
  StateTable::Cold ColdKeys();
  /// When a key must be in memory.
  Micros DueOf(const KeyState& state, Micros first_timer) const;
  Micros DueOfStored(std::string_view value);
  Micros DueOfBlock(const uint8_t* block) const;
  Micros FirstStoredTimer() const;

  const plan::ProcessNode& process_;
  RowRouter errors_to_;
  RowRouter failed_results_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  KeyEncoder keys_;
  StateExecutor executor_;
  StateTable table_;
  KeyRounds rounds_;
  FailingRows failing_;
  std::unique_ptr<DeadLetterBuilder> dead_letters_;
  SchemaPtr key_schema_;  ///< of the dead letters of timers

  TimerQueue timers_;
  KeyEnds ends_;
  std::vector<uint8_t*> changed_;
  Micros watermark_ = kMinTimestamp;
  Micros settled_ = kMinTimestamp;
  Micros next_emit_ = kMaxTimestamp;

  // What is under way.
  size_t work_ = 0;                   ///< rows emitted and timers fired by the running call
  std::optional<RecordBatch> batch_;  ///< its rounds from next_round_ on are yet to run
  size_t next_round_ = 0;
  Reach reach_ = Reach::kNothing;
  Micros reaching_ = kMinTimestamp;
  std::vector<uint8_t*> leaving_;  ///< keys whose output leaves, from next_leaving_ on
  size_t next_leaving_ = 0;
  bool leaving_deleted_ = false;
  std::vector<uint8_t*> ended_;
  bool sweeping_ = false;           ///< keys that come back are found by a sweep
  std::vector<uint8_t*> returned_;  ///< found so: their timers may be due
  bool only_timers_ = false;        ///< the end of input: keys without timers stay where they are
  std::vector<Micros> stored_timers_;  ///< scratch of ReadTimes

  // Scratch of the batch.
  std::vector<uint8_t*> key_blocks_;
  std::vector<uint8_t*> created_;

  InstanceTimes times_;
};

}  // namespace weir
