#pragma once

#include <memory>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"

namespace weir {

/// `flatten list as x`: one row per element with the element as last column. A null or empty list
/// gives none; such rows are discarded and counted. Output leaves in batches of bounded size.
class FlattenOperator final : public Operator {
 public:
  explicit FlattenOperator(const plan::FlattenNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

 private:
  /// Emits one output batch: element `elements[i]` of `list` beside row `rows[i]`.
  void EmitElements(const RecordBatch& batch, const Column& list, const RowIndices& rows,
                    const RowIndices& elements, Collector& out);

  const plan::FlattenNode& flatten_;
  RowRouter errors_to_;
  std::unique_ptr<Evaluator> list_;
  FailingRows failing_;
};

}  // namespace weir
