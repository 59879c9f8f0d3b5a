#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/sighting_store.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `dedupe by keys within d` (guarantees.md rule 25). A row is a duplicate when its key was first
/// seen, in order of arrival, less than `within` of event time away. A row older than its watermark
/// minus `within` can't be judged: it takes the stage's error route.
class DedupeOperator final : public Operator {
 public:
  explicit DedupeOperator(const plan::DedupeNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  bool WriteSealed(SliceBudget& budget) override { return sightings_->WriteSealed(budget); }
  StateMemory Memory() override { return sightings_->Memory(); }
  void Committed(uint64_t epoch) override { sightings_->Committed(epoch); }
  size_t Evict(size_t bytes) override { return sightings_->Evict(bytes); }
  bool has_upkeep() override { return sightings_->has_upkeep(); }
  Status Sweep(SliceBudget& budget, bool take_all) override;
  Status Restore(const StateReader& in) override;

 private:
  /// Rows that are old enough to be unknown; fails them.
  void FailOldRows(const RecordBatch& batch, RowErrors& errors) const;
  Status Split(const RowSet& rows, const ColumnView<Micros>& times, uint32_t capacity);
  void ShowGauges();

  const plan::DedupeNode& dedupe_;
  RowRouter errors_to_;
  RowRouter duplicates_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  KeyEncoder keys_;
  FailingRows failing_;
  std::unique_ptr<SightingStore> sightings_;
  Micros watermark_ = kMinTimestamp;
  RowIndices kept_;                      ///< of the batch
  std::vector<RejectedRow> duplicates_;  ///< of the batch
  std::vector<uint8_t> seen_;            ///< by row: on disk
};

}  // namespace weir
