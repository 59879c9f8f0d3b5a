#pragma once

#include <absl/container/btree_set.h>

#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/key_rounds.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/state_executor.h"
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
class ProcessOperator final : public Operator {
 public:
  explicit ProcessOperator(const plan::ProcessNode& node);
  ~ProcessOperator() override;
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  Status ProcessTime(Micros now, Collector& out) override;
  Micros NextProcessingTime() const override { return next_emit_; }
  Status Flush(Collector& out) override;
  Status Finish(Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  Status Restore(const StateReader& in) override;

 private:
  /// At the start of each key's block; its timers follow (kMaxTimestamp: not set), then the fields.
  struct KeyState {
    KeyRounds::Mark mark;
    KeyRounds::Mark fired;
    Micros last_row;
    uint8_t changed;  ///< since its row was last emitted
    uint8_t emitted;  ///< readers know its row
  };
  struct Alarm {
    Micros time;
    uint8_t* block;
    int timer;
    friend bool operator<(const Alarm& a, const Alarm& b) {
      return std::tie(a.time, a.block, a.timer) < std::tie(b.time, b.block, b.timer);
    }
  };
  static KeyState& StateOf(uint8_t* block) { return *reinterpret_cast<KeyState*>(block); }
  static Micros* TimersOf(uint8_t* block) {
    return reinterpret_cast<Micros*>(block + sizeof(KeyState));
  }
  static size_t PrefixOf(const plan::ProcessNode& node) {
    return sizeof(KeyState) + node.program.timers.size() * sizeof(Micros);
  }
  size_t num_timers() const { return process_.program.timers.size(); }
  bool has_output() const { return !process_.program.output.empty(); }
  bool HasTimer(uint8_t* block) const;

  void InitBlock(uint8_t* block);
  Status RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out);
  /// What is due for the keys of a round before its rows may run: timers, the end of their life.
  Status CatchUp(const RecordBatch& batch, const RowIndices& rows, Collector& out);
  void ApplyTimers(const std::vector<StateExecutor::TimerChange>& changes,
                   const std::vector<uint8_t*>& blocks, Micros fired_at);
  void SetTimer(uint8_t* block, int timer, Micros time, bool deferred);
  void NoteChanged(uint8_t* block);

  /// Runs `due` in order of time, at most one per key and round. Timers that a run sets to no later
  /// than its own time wait for the next watermark.
  Status FireTimers(std::vector<Alarm> due, Collector& out);
  Status FireRound(const std::vector<Alarm>& alarms, Collector& out);
  /// A timer block that failed: its key goes to the error route; its state stays as it was.
  Status RouteFailedTimers(const std::vector<Alarm>& alarms, const RowErrors& errors,
                           Collector& out);
  void InsertDeferred();

  Status EmitRows(std::vector<StateExecutor::Emitted>& emitted, const HiddenColumns& hidden,
                  uint32_t rows, Collector& out);
  /// Rows of `output` for these keys; `deleted`: only their keys count.
  Status EmitOutput(const std::vector<uint8_t*>& blocks, bool deleted, Collector& out);
  Status EmitChanged(Collector& out);

  void RegisterEnd(uint8_t* block);
  Status Expire(Micros watermark, Collector& out);
  std::vector<ColumnPtr> KeyColumns(const std::vector<uint8_t*>& blocks) const;
  Status ReadBlock(std::string_view value, uint8_t* block);

  const plan::ProcessNode& process_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  KeyEncoder keys_;
  StateExecutor executor_;
  StateTable table_;
  KeyRounds rounds_;
  KeyRounds rounds_fired_;
  FailingRows failing_;
  std::unique_ptr<DeadLetterBuilder> dead_letters_;
  SchemaPtr key_schema_;  ///< of the dead letters of timers

  absl::btree_set<Alarm> alarms_;
  std::vector<Alarm> deferred_;
  /// Keys by the slice of time in which they may end; each key once.
  std::map<Micros, std::vector<uint8_t*>> ends_;
  std::vector<uint8_t*> changed_;
  Micros watermark_ = kMinTimestamp;
  Micros next_emit_ = kMaxTimestamp;
  std::vector<uint8_t*> key_blocks_;
  std::vector<uint8_t*> created_;

  InstanceTimes times_;
};

}  // namespace weir
