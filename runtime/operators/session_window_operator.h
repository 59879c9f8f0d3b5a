#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/operators/accumulators.h"
#include "runtime/operators/aggregate_input.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"
#include "runtime/operators/session.h"
#include "runtime/operators/session_lifetimes.h"
#include "runtime/operators/session_pool.h"
#include "runtime/state/state_table.h"

namespace weir {

/// `aggregate … over session gap g max m`: one result per session of a key; the window is
/// [first event, last event + gap). Which rows belong together is decided as in SessionOperator.
/// Sessions that a row connects are merged accumulator by accumulator. Keys leave memory and come
/// back as there.
class SessionWindowOperator final : public Operator, public Resumable {
 public:
  explicit SessionWindowOperator(const plan::AggregateNode& node);
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
  /// At the start of a session's block; accumulators follow.
  struct WindowSession {
    Micros start;
    Micros last_event;
    Micros emitted_start;  ///< id under which readers know it; kMinTimestamp: not emitted yet
    uint8_t* key_block;
    WindowSession* next;         ///< of the same key
    WindowSession* merged_into;  ///< of a dead one: for rows of the running batch
    SessionWatch<WindowSession> watch;
    uint8_t changed;
    uint8_t dead;
  };
  /// At the start of each key's block.
  struct KeyState {
    WindowSession* sessions;
  };
  using Pool = SessionPool<WindowSession, Accumulators>;
  static KeyState& StateOf(uint8_t* block) { return *reinterpret_cast<KeyState*>(block); }
  static const KeyState& StateOf(const uint8_t* block) {
    return *reinterpret_cast<const KeyState*>(block);
  }

  bool emits_early() const { return aggregate_.emit.on_update || aggregate_.emit.every; }
  WindowSession* New(uint8_t* key_block, Micros time);
  void Unlink(WindowSession* session);
  /// The session that a row joins; null: the row is late or, then in `refused_`, an aggregate
  /// refused it.
  WindowSession* Join(const RecordBatch& batch, RowIndex row, Micros time, Micros watermark);
  /// Adds one row, where some aggregate may refuse it: then it must not move the session either.
  bool Take(const RecordBatch& batch, RowIndex row, WindowSession* session);
  Status AddRows(const RecordBatch& batch, const RowSet& rows, Collector& out);
  void Absorb(WindowSession& target, WindowSession& other);
  void Extend(WindowSession& session, Micros time);
  void NoteChanged(WindowSession* session);

  void BeginClosing(Micros watermark);
  void EndClosing();
  /// The end of input: sessions outside memory close too.
  Status ResumeAllKeys();
  void Settle();
  void CountSessions();
  Status EmitChanged(Collector& out);
  /// The final rows of a part of the sessions that close; then they are gone.
  Status EmitClosed(std::span<WindowSession* const> part, Collector& out);
  Status EmitUpdates(std::span<WindowSession* const> part, Collector& out);
  /// `failed`: those without a value, which took the error route.
  Status EmitSessions(std::span<WindowSession* const> sessions, bool closed, RowIndices& failed,
                      Collector& out);
  void NoteRenamed(const WindowSession& session);
  void EmitRenamed(Collector& out);
  void EmitDeletes(std::span<const RenamedSession> renamed, Collector& out);
  void Serialize(const uint8_t* key_block, std::string& out) const;
  /// Calls `next` for each session, which makes the session to read into.
  template <typename Next>
  Status ReadSessions(std::string_view value, Next&& next) const;
  Status ReadKey(std::string_view value, uint8_t* key_block);
  /// A restored key, or one that comes back.
  void Take(uint8_t* key_block);
  StateTable::Cold ColdKeys();
  /// When a key must be in memory; updates that wait to be emitted stay.
  Micros DueOf(const WindowSession& session) const;
  Micros DueOf(const uint8_t* key_block) const;
  Micros DueOfStored(std::string_view value);

  const plan::AggregateNode& aggregate_;
  RowRouter errors_to_;
  RowRouter late_to_;
  RowRouter failed_results_to_;
  AggregateInput input_;
  std::unique_ptr<Accumulators> accumulators_;
  StateTable table_;
  FailingRows failing_;
  std::unique_ptr<Pool> pool_;
  std::unique_ptr<Pool> scratch_;  ///< of DueOfStored

  SessionLifetimes<WindowSession> lifetimes_;
  std::vector<WindowSession*> changed_;
  std::vector<RenamedSession> renamed_;
  std::optional<LeavingSessions<WindowSession>> leaving_;
  std::vector<WindowSession*> gone_;    ///< dead, to be freed when those that close have left
  Micros close_up_to_ = kMinTimestamp;  ///< watermark under way
  bool all_keys_ = false;               ///< the end of input, and there may be keys outside memory
  bool called_back_ = false;            ///< all of them
  size_t live_ = 0;
  Micros watermark_ = kMinTimestamp;
  Micros settled_ = kMinTimestamp;
  Micros next_emit_ = kMaxTimestamp;

  // Scratch of the batch.
  std::vector<uint8_t*> blocks_;
  RowIndices joined_;
  RowIndices late_;
  RowErrors refused_;

  InstanceTimes times_;
};

}  // namespace weir
