#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/source_node.h"
#include "runtime/exec/drift_guard.h"
#include "runtime/exec/output.h"
#include "runtime/exec/read_pace.h"
#include "runtime/exec/record_decoder.h"
#include "runtime/exec/source_partition.h"
#include "runtime/exec/worker_context.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/row_router.h"
#include "runtime/time/token_bucket.h"
#include "runtime/time/watermark_combiner.h"

namespace weir {

class Evaluator;

/// One source on one worker: reads its partitions, decodes, judges event time, stamps rows with the
/// watermark of their partition, and emits batches and watermarks in the order of the rows. One
/// thread.
///
/// A batch is split where its partition's watermark moves, so every row of a batch has the same
/// stamp, and stamps are a function of the partition's rows alone.
class SourceTask final : public Collector {
 public:
  /// `node_id`: in the physical plan.
  SourceTask(const plan::SourceNode& node, int node_id, WorkerContext* context);
  ~SourceTask() override;

  /// Partitions p with p % workers == worker are this task's.
  Status Open(const OperatorContext& context, SourceConnector& connector);
  /// Of all tasks of the source. Before Start; without one partitions are read as they come.
  void Share(std::shared_ptr<DriftGuard> drift) { drift_ = std::move(drift); }
  /// Takes positions from the last commit. Between Open and Start.
  Status Restore(const StateReader& state);
  /// Opens the readers and tells downstream about partitions that are idle or absent.
  Status Start(Micros now);

  struct Progress {
    bool worked = false;
    Micros wake_at = kMaxTimestamp;  ///< clock time at which there may be work again
  };
  /// Reads at most one batch.
  Progress RunOnce(Micros now);
  /// Its targets have no room: the time until it runs again is not that of its last read's work.
  void HoldBack() { pace_.Forget(); }

  /// Reads up to `positions` and no further, from where it is now; partitions that are not among
  /// them read nothing. Null: as far as they can. After Start; must outlive the next call. A
  /// partition that is further already fails the worker.
  void Limit(const SourcePositions* positions);
  /// Every partition is exactly there.
  bool AtLimit() const;
  void Barrier(uint64_t epoch);
  /// Reads nothing more; what was read has been emitted.
  void Stop() { stopped_ = true; }
  /// Event time is at least `now`, for every partition that has not ended.
  void Heartbeat(Micros now);
  /// The connector has new records: don't wait to poll.
  void Poke();

  // Collector
  void Emit(int port, RecordBatch batch) override;

  OutputPort& port(int index) { return ports_[static_cast<size_t>(index)]; }
  size_t num_ports() const { return ports_.size(); }
  const plan::SourceNode& node() const { return node_; }
  int node_id() const { return node_id_; }
  NodeAccount Account() const;
  void SetAccount(const NodeAccount& account);
  Micros watermark() const { return progress_->current(); }
  bool idle() const { return progress_->idle(); }
  bool ended() const { return ended_; }

 private:
  SourcePartition* NextPartition(Micros now);
  Progress ReadOne(Micros now);
  /// Too far ahead of the source's slowest partition.
  bool MustWait(const SourcePartition& partition) const;
  void ReportDrift();
  void Read(SourcePartition& partition, size_t max_rows, Micros now);
  bool HasReadableTime(const RejectedRow& row) const;
  void Handle(SourcePartition& partition, const RecordChunk& chunk, Micros now);
  void JudgeTimes(const RecordBatch& batch, Micros now, RowIndices& good,
                  std::vector<RejectedRow>& rejected);
  void EmitRows(SourcePartition& partition, const RecordBatch& batch, const RowIndices& rows);
  void EmitRange(const RecordBatch& batch, const RowIndices& rows, size_t begin, size_t end,
                 Micros stamp);
  RecordBatch MakeBatch(const SourcePartition& partition, const RecordChunk& chunk, Micros now);
  Status SetLimit(SourcePartition& partition, const SourcePositions& positions);
  /// `cut`: the reader has gone past the limit.
  Status ReachLimit(SourcePartition& partition, bool cut);
  void EndPartition(SourcePartition& partition);
  void BecomeIdle(SourcePartition& partition, Micros now);
  void BecomeActive(SourcePartition& partition);
  void Announce(Micros watermark, bool idle);
  Micros WakeAt(Micros now) const;
  void SendAll(const Control& control);
  size_t Slot(const SourcePartition& partition) const {
    return static_cast<size_t>(&partition - partitions_.data());
  }

  const plan::SourceNode& node_;
  const int node_id_;
  plan::SourceNode decode_stage_;  ///< what dead letters name: `source/decode`
  WorkerContext* context_;
  OperatorContext operator_context_;
  SourceConnector* connector_ = nullptr;
  std::optional<RecordDecoder> decoder_;
  std::unique_ptr<Evaluator> time_;
  std::unique_ptr<RowRouter> router_;
  std::vector<SourcePartition> partitions_;
  std::optional<WatermarkCombiner> progress_;
  std::shared_ptr<DriftGuard> drift_;
  TokenBucket limit_;
  ReadPace pace_{kBatchRows};
  std::vector<OutputPort> ports_;
  Ledger ledger_;
  RecordChunk chunk_;
  std::vector<ColumnPtr> columns_;
  size_t next_ = 0;
  bool stopped_ = false;
  bool ended_ = false;
};

}  // namespace weir
