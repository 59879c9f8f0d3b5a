#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/eval/evaluator.h"
#include "runtime/eval/predicate.h"
#include "runtime/operators/state_layout.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// What `session.*` says of one row's session.
struct SessionMeta {
  Micros start = 0;
  Micros last_event = 0;
  int64_t count = 0;
  bool closed = false;
  bool is_new = false;
};

/// Runs the blocks of a state program column by column: each statement for all rows of a round at
/// once. A round holds at most one row per key, so a row sees what earlier rows of its key left.
///
/// State fields are gathered into registers (columns), changed there, and written back only for
/// rows that did not fail: a failing row leaves no trace. One thread.
class StateExecutor {
 public:
  /// A row written by `emit`: columns of the port, and the round's rows that they came from.
  struct Emitted {
    int port;
    std::vector<ColumnPtr> columns;
    RowIndices rows;  ///< columns are position-preserving: these rows count
  };
  /// A timer set (time) or cancelled (none) by a row of the round; `clear` cancels all.
  struct TimerChange {
    RowIndex row;
    int timer;
    std::optional<Micros> time;
  };
  /// What a block did besides changing state; failed rows are already taken out.
  struct Effects {
    std::vector<Emitted> emitted;
    std::vector<TimerChange> timers;  ///< in the order in which a row made them
  };
  /// The rows of a round: row i has the i-th block, keys and session.
  struct Round {
    uint32_t size = 0;
    std::vector<ColumnPtr> events;  ///< input columns that the program reads, else null
    HiddenColumns hidden;
    std::vector<ColumnPtr> keys;
    std::span<uint8_t* const> blocks;
    std::span<const SessionMeta> sessions;  ///< empty outside sessions
    Micros now = 0;
  };

  StateExecutor(const plan::StateProgram& program, size_t block_prefix);
  ~StateExecutor();
  Status Open();

  const StateLayout& layout() const { return layout_; }
  /// Input columns that blocks read.
  const std::vector<int>& event_columns() const { return event_columns_; }

  /// A round over `rows` of a batch, columns compacted to what blocks read; the caller adds the
  /// blocks (and sessions) of the rows.
  Round EventRound(const RecordBatch& batch, const RowIndices& rows, Micros now) const;

  void RunEvent(const Round& round, RowErrors& errors, Effects& effects);
  void RunTimer(int timer, const Round& round, RowErrors& errors, Effects& effects);
  void RunClose(const Round& round, RowErrors& errors, Effects& effects);
  /// Columns of `output`, for all rows of the round; null where the expression fails.
  std::vector<ColumnPtr> Output(const Round& round, RowErrors& errors);
  /// For deletes, of which only the keys count: zero instead of null where an expression failed and
  /// the column takes no null.
  static void FillFailed(std::vector<ColumnPtr>& columns);

 private:
  struct CompiledBlock;
  struct CompiledStatement;
  static Result<std::unique_ptr<CompiledBlock>> Compile(const plan::Block& block);
  Result<std::unique_ptr<CompiledBlock>> CompileRoot(const plan::Block& block) const;

  void Run(const CompiledBlock& block, const Round& round, RowErrors& errors, Effects& effects);
  void RunBlock(const CompiledBlock& block, const RowSet& rows, RowErrors& errors,
                Effects& effects);
  void RunStatement(const CompiledStatement& statement, const RowSet& rows, RowErrors& errors,
                    Effects& effects);
  void Assign(int target, const ColumnPtr& value, const RowSet& rows);
  void Put(const CompiledStatement& statement, const RowSet& rows, RowErrors& errors);
  /// Fills the registers that `used` marks.
  void LoadRegisters(const Round& round, const std::vector<bool>& used);
  void LoadSessions(const Round& round, const std::vector<bool>& used);
  void StoreState(const Round& round, const RowIndices& failed);
  static void DropFailed(const RowIndices& failed, Effects& effects);
  EvalInput Input() const;
  /// The register as a column of its own that may be written to.
  Column& Writable(int target);

  const plan::StateProgram& program_;
  StateLayout layout_;
  std::unique_ptr<CompiledBlock> on_event_;
  std::unique_ptr<CompiledBlock> on_close_;
  std::vector<std::unique_ptr<CompiledBlock>> on_timer_;
  std::vector<std::unique_ptr<Evaluator>> output_;
  std::vector<bool> output_used_;  ///< by register
  std::vector<int> event_columns_;
  bool reads_hidden_ = false;  ///< some block reads a hidden column

  // Registers of the running round.
  std::vector<ColumnPtr> registers_;
  std::vector<bool> changed_;  ///< by register: written since LoadRegisters
  HiddenColumns hidden_;
  uint32_t size_ = 0;
  Micros now_ = 0;
};

}  // namespace weir
