#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/base/string_map.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"
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
  Status Restore(const StateReader& in) override;

 private:
  struct Count {
    int64_t rows = 0;
    uint32_t key_group = 0;
    bool dirty = false;
  };

  const plan::LimitNode& limit_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Evaluator>> per_;
  KeyEncoder keys_;
  FailingRows failing_;
  StringMap<Count> counts_;
};

}  // namespace weir
