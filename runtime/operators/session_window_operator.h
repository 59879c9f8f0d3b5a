#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/operators/accumulators.h"
#include "runtime/operators/aggregate_input.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/operator.h"
#include "runtime/state/state_table.h"

namespace weir {

/// `aggregate … over session gap g max m`: one result per session of a key; the window is
/// [first event, last event + gap). Which rows belong together is decided as in SessionOperator.
/// Sessions that a row connects are merged accumulator by accumulator.
class SessionWindowOperator final : public Operator {
 public:
  explicit SessionWindowOperator(const plan::AggregateNode& node);
  ~SessionWindowOperator() override;
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
  /// At the start of a session's block; accumulators follow.
  struct Session {
    Micros start;
    Micros last_event;
    Micros emitted_start;  ///< id under which readers know it; kMinTimestamp: not emitted yet
    uint8_t* key_block;
    Session* next;         ///< of the same key
    Session* merged_into;  ///< of a dead one: for rows of the running batch
    uint8_t changed;
    uint8_t dead;
  };
  /// At the start of each key's block.
  struct KeyState {
    Session* sessions;
  };
  struct Renamed {
    std::string key;
    Micros old_start;
  };
  static KeyState& StateOf(uint8_t* block) { return *reinterpret_cast<KeyState*>(block); }
  static uint8_t* BlockOf(Session* session) { return reinterpret_cast<uint8_t*>(session); }

  bool emits_early() const { return aggregate_.emit.on_update || aggregate_.emit.every; }
  Micros hold() const { return aggregate_.window.gap + aggregate_.lateness; }
  bool IsOpen(const Session& session, Micros watermark) const;
  Session* New(uint8_t* key_block, Micros time);
  void Free(Session* session);
  void Unlink(Session* session);
  /// The session that a row joins; null: the row is late or, then in `refused_`, an aggregate
  /// refused it.
  Session* Join(const RecordBatch& batch, RowIndex row, Micros time, Micros watermark);
  /// Adds one row, where some aggregate may refuse it: then it must not move the session either.
  bool Take(const RecordBatch& batch, RowIndex row, Session* session);
  Status AddRows(const RecordBatch& batch, const RowSet& rows, Collector& out);
  void Absorb(Session& target, Session& other);
  void Extend(Session& session, Micros time);
  void SetAlarm(Session* session);
  void NoteChanged(Session* session);

  Status CloseDue(Micros watermark, Collector& out);
  Status EmitChanged(Collector& out);
  void EmitRenamed(Collector& out);
  Status EmitSessions(std::span<Session* const> sessions, bool closed, Collector& out);
  Status ReadSessions(std::string_view value, uint8_t* key_block);

  const plan::AggregateNode& aggregate_;
  RowRouter errors_to_;
  RowRouter late_to_;
  RowRouter failed_results_to_;
  AggregateInput input_;
  std::unique_ptr<Accumulators> accumulators_;
  StateTable table_;
  FailingRows failing_;
  std::vector<std::unique_ptr<uint8_t[]>> memory_;
  std::vector<uint8_t*> free_;

  std::map<Micros, std::vector<Session*>> alarms_;  ///< each session once, by second
  std::vector<Session*> changed_;
  std::vector<Renamed> renamed_;
  size_t live_ = 0;
  Micros watermark_ = kMinTimestamp;
  Micros next_emit_ = kMaxTimestamp;

  // Scratch of the batch.
  std::vector<uint8_t*> blocks_;
  RowIndices joined_;
  RowIndices late_;
  RowErrors refused_;

  InstanceTimes times_;
};

}  // namespace weir
