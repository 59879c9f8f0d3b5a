#pragma once

#include <memory>
#include <optional>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"

namespace weir {

/// `flatten list as x`: one row per element with the element as last column. A null or empty list
/// gives none; such rows are discarded and counted. Output leaves in batches of bounded size.
class FlattenOperator final : public Operator, public Resumable {
 public:
  explicit FlattenOperator(const plan::FlattenNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  bool HasMore() const override { return rest_.has_value(); }
  Status Resume(Collector& out) override;

 private:
  /// Emits one output batch: element `elements[i]` of `list` beside row `rows[i]`.
  void EmitElements(const RecordBatch& batch, const Column& list, const RowIndices& rows,
                    const RowIndices& elements, Collector& out);

  /// The batch under way: elements before (next_row, next_element) have left.
  struct Rest {
    RecordBatch batch;
    ColumnPtr list;
    RowIndices rows;
    size_t next_row = 0;
    uint32_t next_element = 0;
  };

  const plan::FlattenNode& flatten_;
  RowRouter errors_to_;
  std::unique_ptr<Evaluator> list_;
  FailingRows failing_;
  std::optional<Rest> rest_;
};

}  // namespace weir
