#include "runtime/operators/filter_operator.h"

namespace weir {

FilterOperator::FilterOperator(const plan::FilterNode& node)
    : Operator(node), filter_(node), errors_to_(node, node.error) {}

Status FilterOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  WEIR_ASSIGN(condition_, Predicate::Compile(filter_.condition));
  return Status::Ok();
}

Status FilterOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  const uint32_t rows_in = batch.num_rows();
  ledger_.rows_in += rows_in;
  RowIndices selected;
  selected.reserve(rows_in);
  errors_.Clear();
  condition_->Select(EvalInput::Of(batch, context_.clock->Now()), batch.rows(), errors_, selected);
  int64_t failed = 0;
  if (!errors_.empty()) {
    const std::vector<RejectedRow> rejected = RejectFailedRows(errors_);
    failed = static_cast<int64_t>(rejected.size());
    WEIR_TRY(errors_to_.Reject(batch, rejected, ledger_, out));
  }
  const auto passed = static_cast<int64_t>(selected.size());
  ledger_.passed += passed;
  ledger_.rows_out += passed;
  const int64_t filtered = rows_in - passed - failed;
  if (filtered > 0) ledger_.discarded["where"] += filtered;
  if (passed == 0) return Status::Ok();
  if (passed == rows_in) {
    out.Emit(0, batch);
  } else {
    out.Emit(0, batch.WithSelection(std::move(selected)));
  }
  return Status::Ok();
}

}  // namespace weir
