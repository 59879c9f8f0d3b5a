#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"

namespace weir {

/// select, extend, set, without: evaluates the new columns; unchanged ones are shared, not copied.
class ProjectOperator final : public Operator {
 public:
  explicit ProjectOperator(const plan::ProjectNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

 private:
  const plan::ProjectNode& project_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Evaluator>> exprs_;
  FailingRows failing_;
};

/// Compiles a list of expressions.
Result<std::vector<std::unique_ptr<Evaluator>>> CompileAll(const std::vector<plan::ExprPtr>& exprs);

/// Emits `batch` with only `rows` of it (all of them when they are the batch's own).
void EmitRows(const RecordBatch& batch, const RowSet& rows, int port, Collector& out);

}  // namespace weir
