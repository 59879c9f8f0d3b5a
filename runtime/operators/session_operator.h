#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/key_rounds.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"
#include "runtime/operators/session.h"
#include "runtime/operators/session_lifetimes.h"
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
///
/// Keys may leave memory. Sweeps bring them back in the slice of time in which they close, while
/// rows go on; until a sweep has passed, the output watermark stays behind the first session
/// outside that may have to close (`settled_`).
class SessionOperator final : public Operator, public Resumable {
 public:
  explicit SessionOperator(const plan::SessionNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  bool HasMore() const override { return leaving_.has_value() || all_keys_; }
  Status Resume(Collector& out) override;
  bool HoldsBack() const override { return settled_ < watermark_; }
  Micros OutputWatermark(Micros watermark) const override {
    return lifetimes_.OutputWatermark(std::min(watermark, settled_));
  }
  Status ProcessTime(Micros now, Collector& out) override;
  Micros NextProcessingTime() const override { return next_emit_; }
  Status Flush(Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  StateTable* table() override { return &table_; }
  StateMemory Memory() override;
  size_t Evict(size_t bytes) override;
  Status Sweep(SliceBudget& budget, bool take_all) override;
  Status Restore(const StateReader& in) override;

 private:
  /// At the start of each key's block.
  struct KeyState {
    KeyRounds::Mark mark;
    Session* sessions;
  };
  static KeyState& StateOf(uint8_t* block) { return *reinterpret_cast<KeyState*>(block); }
  static const KeyState& StateOf(const uint8_t* block) {
    return *reinterpret_cast<const KeyState*>(block);
  }
  void Serialize(const uint8_t* key_block, std::string& out) const;
  /// Calls `next` for each session, which makes the session to read into.
  template <typename Next>
  Status ReadSessions(std::string_view value, Next&& next) const;
  Status ReadKey(std::string_view value, uint8_t* key_block);
  /// A restored key, or one that comes back.
  void Take(uint8_t* key_block);
  StateTable::Cold ColdKeys();
  /// When a key must be in memory; updates that wait to be emitted stay.
  Micros DueOf(const Session& session) const;
  Micros DueOf(const uint8_t* key_block) const;
  Micros DueOfStored(std::string_view value);
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
  /// Groups rows into rounds; those that have no session to join are late.
  void PrepareRounds(const RecordBatch& batch, const RowSet& rows);
  Status RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out);
  enum class Fit : uint8_t { kJoined, kLate, kUnmergeable };
  /// Brings the session that a row joins up to date with it, into joins_. The row is unmergeable
  /// (then in unmerged_) when it connects sessions whose states can't become one.
  Fit Join(const RecordBatch& batch, RowIndex row);
  /// Takes back the last of joins_.
  void Undo();
  /// The oldest session besides `joined` that the row (and with it `joined`) may become one with.
  Session* FindTouching(uint8_t* key_block, const Session* joined, Micros time, Micros watermark,
                        bool is_old) const;
  Status Absorb(Session& target, Session& other);
  void Revert(size_t index);
  void Settle(size_t index);
  /// Readers know the session under an id that is no longer its own.
  void NoteStartMoved(Session& session);
  void Unlink(Session* session);
  void EraseEmptyKeys();

  /// The final rows of a part of the sessions that close; then they are gone.
  Status EmitClosed(std::span<Session* const> part, Collector& out);
  Status EmitUpdates(std::span<Session* const> part, Collector& out);
  void BeginClosing(Micros watermark);
  void EndClosing();
  /// The end of input: sessions outside memory close too.
  Status ResumeAllKeys();
  void Settle();
  void CountSessions();
  Status EmitChanged(Collector& out);
  void EmitRenamed(Collector& out);
  void ScheduleEmit();

  const plan::SessionNode& session_;
  RowRouter errors_to_;
  RowRouter late_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  KeyEncoder keys_;
  StateExecutor executor_;
  StateSessionPool pool_;
  StateTable table_;
  SessionRows rows_;
  KeyRounds rounds_;
  FailingRows failing_;

  SessionLifetimes<Session> lifetimes_;
  std::vector<Session*> changed_;
  std::vector<RenamedSession> renamed_;  ///< ids that readers must forget
  std::optional<LeavingSessions<Session>> leaving_;
  std::vector<Session*> gone_;          ///< dead, to be freed when those that close have left
  Micros close_up_to_ = kMinTimestamp;  ///< watermark under way
  bool all_keys_ = false;               ///< the end of input, and there may be keys outside memory
  bool called_back_ = false;            ///< all of them
  Micros watermark_ = kMinTimestamp;
  Micros settled_ = kMinTimestamp;
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
  RowErrors unmerged_;
  std::vector<uint8_t*> blocks_;
  std::vector<SessionMeta> metas_;
  StateSessionPool scratch_;  ///< of DueOfStored

  InstanceTimes times_;
};

}  // namespace weir
