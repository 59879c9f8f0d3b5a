#pragma once

#include <map>
#include <memory>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/key_rounds.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/session.h"
#include "runtime/operators/session_rows.h"
#include "runtime/operators/state_executor.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `session by k gap g max m` (guarantees.md rule 24). A row joins the open sessions of its key
/// that are at most `gap` away and merges them when they are several; none goes beyond `max`. A
/// session closes once, when the watermark reaches its last event plus gap and lateness.
///
/// For a row a session is open or closed by the row's own watermark, not by what has already been
/// closed here: so the number of workers can't change which rows belong together.
class SessionOperator final : public Operator {
 public:
  explicit SessionOperator(const plan::SessionNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  Micros OutputWatermark(Micros watermark) const override;
  Status ProcessTime(Micros now, Collector& out) override;
  Micros NextProcessingTime() const override { return next_emit_; }
  Status Flush(Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  Status Restore(const StateReader& in) override;

 private:
  /// At the start of each key's block.
  struct KeyState {
    KeyRounds::Mark mark;
    Session* sessions;
  };
  static KeyState& StateOf(uint8_t* block) { return *reinterpret_cast<KeyState*>(block); }
  /// How a session was before the row that is being run, should it fail.
  struct Undo {
    Session* session = nullptr;
    Session before{};
    bool created = false;
    std::unique_ptr<uint8_t[]> fields;   ///< copy of the state when sessions were merged into it
    std::vector<Session*> absorbed;
  };

  bool emits_early() const { return session_.emit.on_update || session_.emit.every; }
  Micros CloseTime(const Session& session) const {
    return session.last_event + session_.gap + session_.lateness;
  }
  /// Splits off late rows and groups the rest into rounds.
  Status PrepareRounds(const RecordBatch& batch, const RowSet& rows, Collector& out);
  Status RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out);
  /// The session that a row joins, brought up to date with it.
  Status Join(uint8_t* key_block, Micros time, Micros watermark, Undo& undo);
  bool CanJoin(const Session& session, Micros time, Micros watermark) const;
  Status Absorb(Session& target, Session& other, Undo& undo);
  void Revert(Undo& undo);
  void Settle(Undo& undo);
  void Unlink(Session* session);
  void SetAlarm(Session* session);
  void NoteStartMoved(Session& session);

  Status CloseDue(Micros watermark, Collector& out);
  Status EmitChanged(Collector& out);
  Status EmitRenamed(Collector& out);
  void ScheduleEmit();

  const plan::SessionNode& session_;
  RowRouter errors_to_;
  RowRouter late_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  KeyEncoder keys_;
  StateExecutor executor_;
  SessionPool pool_;
  StateTable table_;
  SessionRows rows_;
  KeyRounds rounds_;
  FailingRows failing_;

  std::map<Micros, std::vector<Session*>> alarms_;  ///< each live session once, by second
  std::vector<Session*> changed_;
  std::vector<SessionRows::Renamed> renamed_;       ///< ids that readers must forget
  Micros watermark_ = kMinTimestamp;
  Micros next_emit_ = kMaxTimestamp;

  // Scratch of the batch.
  std::vector<uint8_t*> key_blocks_;
  std::vector<uint8_t*> created_;
  RowIndices joining_;
};

}  // namespace weir
