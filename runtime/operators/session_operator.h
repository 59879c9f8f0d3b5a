#pragma once

#include <map>
#include <memory>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
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
/// closed here: so the number of workers can't change which rows belong together. A row that is too
/// old to open a session may join one, but not move its start: else the id of a session that has
/// closed could come back.
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
  /// What a row of the running round did to a session, should it fail.
  struct Joined {
    Session* session;
    Micros start, last_event;  ///< before the row
    int64_t count;
    bool created;
  };
  /// A session merged into that of the round's row `index`.
  struct Absorbed {
    size_t index;
    Session* session;
  };
  struct SavedFields {
    size_t index;
    std::unique_ptr<uint8_t[]> fields;
  };

  bool emits_early() const { return session_.emit.on_update || session_.emit.every; }
  Micros CloseTime(const Session& session) const {
    return session.last_event + session_.gap + session_.lateness;
  }
  Micros hold() const { return session_.gap + session_.lateness; }
  bool IsOpen(const Session& session, Micros watermark) const {
    return watermark == kMinTimestamp || CloseTime(session) > watermark;
  }
  /// A row that could not open a session: it may only be part of a longer one.
  bool IsOld(Micros time, Micros watermark) const {
    return watermark != kMinTimestamp && time + hold() <= watermark;
  }
  /// Groups rows into rounds; those that have no session to join are late.
  void PrepareRounds(const RecordBatch& batch, const RowSet& rows);
  Status RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out);
  /// Brings the session that a row joins up to date with it, into joins_. False: the row is late.
  Result<bool> Join(uint8_t* key_block, Micros time, Micros watermark);
  /// The oldest session besides `joined` that the row (and with it `joined`) may become one with.
  Session* FindTouching(uint8_t* key_block, const Session* joined, Micros time, Micros watermark,
                        bool is_old) const;
  Status Absorb(Session& target, Session& other);
  void Revert(size_t index);
  void Settle(size_t index);
  /// Readers know the session under an id that is no longer its own.
  void NoteStartMoved(Session& session);
  void Unlink(Session* session);
  void SetAlarm(Session* session);
  void EraseEmptyKeys();

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
  std::vector<SessionRows::Renamed> renamed_;  ///< ids that readers must forget
  Micros watermark_ = kMinTimestamp;
  Micros next_emit_ = kMaxTimestamp;

  // Scratch of the batch.
  std::vector<uint8_t*> key_blocks_;
  std::vector<uint8_t*> created_;
  RowIndices young_;
  RowIndices late_;
  std::vector<uint8_t*> emptied_;  ///< keys that may have no session left
  // Scratch of the round.
  RowIndices running_;
  std::vector<Joined> joins_;
  std::vector<Absorbed> absorbed_;
  size_t next_absorbed_ = 0;  ///< first that is not settled yet
  std::vector<SavedFields> saved_;
  std::vector<uint8_t*> blocks_;
  std::vector<SessionMeta> metas_;

  InstanceTimes times_;
};

}  // namespace weir
