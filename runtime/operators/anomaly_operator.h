#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `anomaly of x by k using zscore(…) as a`: how many standard deviations a value lies from the
/// mean of its key's last `history` values (itself not among them), population formula. The struct
/// `a` is added as the last column: every row passes.
///
/// Before `warmup` values are known the score is 0. A history without any variation has no scale:
/// the same value scores 0, another one the largest score, kMaxScore. Scores are cut off there.
class AnomalyOperator final : public Operator {
 public:
  static constexpr double kMaxScore = 1e6;

  explicit AnomalyOperator(const plan::AnomalyNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  StateTable* table() override { return &table_; }
  Status Restore(const StateReader& in) override;

 private:
  /// One key: a ring of its last values, grown up to the length of the history.
  struct History {
    std::vector<double>* values;
    size_t next;  ///< place of the oldest value once the ring is full
    Micros last_row;
  };
  struct Score {
    double score = 0;
    double expected = 0;
    bool is_anomaly = false;
  };
  static void Serialize(const History& history, std::string& out);
  static History& HistoryOf(uint8_t* block) { return *reinterpret_cast<History*>(block); }

  Score Judge(const History& history, double value) const;
  void Remember(History& history, double value) const;
  bool IsForgotten(const History& history, Micros watermark) const;

  const plan::AnomalyNode& anomaly_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  std::unique_ptr<Evaluator> value_;
  KeyEncoder keys_;
  StateTable table_;
  FailingRows failing_;
  Micros watermark_ = kMinTimestamp;
  std::vector<uint8_t*> blocks_;
  std::vector<uint8_t*> created_;
};

}  // namespace weir
