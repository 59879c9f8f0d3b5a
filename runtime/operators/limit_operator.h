#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `limit n [per keys]`: the first n rows (of each key); the rest is discarded and counted. Without
/// keys all rows meet on one worker.
class LimitOperator final : public Operator {
 public:
  explicit LimitOperator(const plan::LimitNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  StateTable* table() override { return &counts_; }
  Status Restore(const StateReader& in) override;

 private:
  Status ReadCount(std::string_view value, uint8_t* count) const;

  const plan::LimitNode& limit_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Evaluator>> per_;
  KeyEncoder keys_;
  FailingRows failing_;
  StateTable counts_;  ///< a number of rows for each key
};

}  // namespace weir
