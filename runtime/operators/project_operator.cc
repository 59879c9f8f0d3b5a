#include "runtime/operators/project_operator.h"

namespace weir {

Result<std::vector<std::unique_ptr<Evaluator>>> CompileAll(
    const std::vector<plan::ExprPtr>& exprs) {
  std::vector<std::unique_ptr<Evaluator>> compiled;
  for (const plan::ExprPtr& expr : exprs) {
    WEIR_ASSIGN(std::unique_ptr<Evaluator> evaluator, Evaluator::Compile(expr));
    compiled.push_back(std::move(evaluator));
  }
  return compiled;
}

void EmitRows(const RecordBatch& batch, const RowSet& rows, int port, Collector& out) {
  if (rows.empty()) return;
  if (rows.count() == batch.num_rows()) {
    out.Emit(port, batch);
    return;
  }
  RowIndices selection(rows.count());
  for (uint32_t i = 0; i < rows.count(); ++i) selection[i] = rows[i];
  out.Emit(port, batch.WithSelection(std::move(selection)));
}

ProjectOperator::ProjectOperator(const plan::ProjectNode& node)
    : Operator(node), project_(node), errors_to_(node, node.error) {}

Status ProjectOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  WEIR_ASSIGN(exprs_, CompileAll(project_.exprs));
  return Status::Ok();
}

Status ProjectOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  std::vector<ColumnPtr> columns;
  columns.reserve(exprs_.size());
  for (const auto& expr : exprs_) {
    columns.push_back(expr->Evaluate(input, batch.rows(), failing_.errors()));
  }
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  ledger_.passed += rows.count();
  ledger_.rows_out += rows.count();
  EmitRows(batch.WithColumns(project_.schema, std::move(columns)), rows, 0, out);
  return Status::Ok();
}

}  // namespace weir
