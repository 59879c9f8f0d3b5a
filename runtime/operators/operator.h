#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/logical_node.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/operators/ledger.h"
#include "runtime/state/state_access.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// Takes what an operator emits. Emitting never blocks and never fails (guarantees.md rule 18).
class Collector {
 public:
  virtual ~Collector() = default;
  /// `batch` has the schema of the node's `port`. Empty batches are dropped.
  virtual void Emit(int port, RecordBatch batch) = 0;
};

/// What an operator instance may know of its surroundings. Lives as long as the operator.
struct OperatorContext {
  uint32_t worker = 0;
  uint32_t num_workers = 1;
  const Clock* clock = nullptr;
  /// Declared names by source index (origins of dead letters).
  const std::vector<std::string>* source_names = nullptr;
  int64_t generation = 1;            ///< of the pipeline; in dead letters
  uint32_t batch_rows = kBatchRows;  ///< largest batch to emit
  bool keeps_state = true;           ///< there are barriers that call Snapshot
  bool verify_state = false;         ///< tests: StateTable::Stored::verify
  /// What was committed of the operator's keyed state; null: rows never leave memory.
  std::shared_ptr<const StateReader> cold_state;
};

/// One stage at work: transforms batches. An instance per worker, called by one thread; never
/// blocks; sees no barriers or alignment (the task does that). All that must survive goes through
/// Snapshot and Restore.
///
/// Watermarks: the task combines its inputs and calls ProcessWatermark with values that only grow;
/// it forwards OutputWatermark of them downstream after the call. Batches of one input arrive in
/// order.
class Operator {
 public:
  explicit Operator(const plan::LogicalNode& node) : node_(node) {}
  virtual ~Operator() = default;

  /// Compiles expressions, makes tables. Before Restore and any data.
  virtual Status Open(const OperatorContext& context) {
    context_ = context;
    return Status::Ok();
  }

  /// A failure stops the pipeline (`fail` routes, our limits); bad rows are routed, not failed.
  virtual Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) = 0;

  /// Event time has reached `watermark`: fires windows, sessions, event-time timers.
  virtual Status ProcessWatermark(Micros watermark, Collector& out) {
    (void)watermark;
    (void)out;
    return Status::Ok();
  }

  /// What readers may be told once the input has reached `watermark`: results that are still to
  /// come carry event times from it on. Windows and sessions hold it back by their lateness and
  /// gap, so that their results are never late for a stage behind them. Never called with
  /// kMaxTimestamp.
  virtual Micros OutputWatermark(Micros watermark) const { return watermark; }
  /// The output watermark waits for what is outside memory: readers must not pass the operator over
  /// as idle before that has left.
  virtual bool HoldsBack() const { return false; }

  /// Processing time has reached the value given by NextProcessingTime (`emit every`).
  virtual Status ProcessTime(Micros now, Collector& out) {
    (void)now;
    (void)out;
    return Status::Ok();
  }
  /// Clock time at which ProcessTime should be called next; kMaxTimestamp: never.
  virtual Micros NextProcessingTime() const { return kMaxTimestamp; }

  /// The worker has nothing else to do: what is held back only to be combined (updates of a view,
  /// tiny batches) leaves now. So latency is low when idle and work is shared under load.
  virtual Status Flush(Collector& out) {
    (void)out;
    return Status::Ok();
  }

  /// Input has ended (after the final watermark kMaxTimestamp): what is left inside leaves now.
  virtual Status Finish(Collector& out) {
    (void)out;
    return Status::Ok();
  }

  /// A barrier is about to pass: what an operator would rather hand on than keep in its state
  /// leaves now, ahead of the barrier. Called before Snapshot, at every barrier.
  virtual Status PrepareBarrier(Collector& out) {
    (void)out;
    return Status::Ok();
  }

  /// The barrier passes: small state that belongs to no key is written now; what has changed of
  /// keyed state since the last call is sealed, which takes no time however much it is, and written
  /// by WriteSealed. `out` lives until that has returned true.
  virtual Status Snapshot(StateWriter& out) {
    (void)out;
    return Status::Ok();
  }
  /// Writes more of what Snapshot sealed, as it was at the barrier, within the budget; true when
  /// all is written. Called between batches.
  virtual bool WriteSealed(SliceBudget& budget) {
    return table() == nullptr || table()->WriteSealed(budget);
  }
  /// The keyed state, of an operator that has all of it in one table; else null, and the operator
  /// answers the following itself.
  virtual StateTable* table() { return nullptr; }
  /// What the keyed state takes.
  virtual StateMemory Memory() { return table() == nullptr ? StateMemory() : table()->Memory(); }
  /// As those of StateTable; Evict and Sweep never while a Resumable has more.
  virtual void Committed(uint64_t epoch) {
    if (table() != nullptr) table()->Committed(epoch);
  }
  virtual size_t Evict(size_t bytes) { return table() == nullptr ? 0 : table()->Evict(bytes); }
  virtual bool has_upkeep() { return table() != nullptr && table()->has_upkeep(); }
  virtual Status Sweep(SliceBudget& budget, bool take_all) {
    return table() == nullptr ? Status::Ok() : table()->Sweep(budget, take_all);
  }
  virtual Status Restore(const StateReader& in) {
    (void)in;
    return Status::Ok();
  }

  const plan::LogicalNode& node() const { return node_; }
  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }

 protected:
  /// `table`, which has no rows yet, is stored as entries of `slot`.
  void Store(StateTable& table, std::string slot,
             std::function<void(const uint8_t* value, std::string& out)> serialize,
             std::string key_prefix = "") const {
    if (!context_.keeps_state) return;
    table.Track(
        {std::move(slot), std::move(key_prefix), std::move(serialize), context_.verify_state});
  }
  /// Its rows may leave memory; after Store.
  void MayLeave(StateTable& table, StateTable::Cold cold) const {
    if (context_.cold_state == nullptr) return;
    cold.reader = context_.cold_state;
    table.MayLeave(std::move(cold));
  }

  const plan::LogicalNode& node_;
  OperatorContext context_;
  Ledger ledger_;
};

}  // namespace weir
