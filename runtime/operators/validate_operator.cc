#include "runtime/operators/validate_operator.h"

#include <algorithm>

#include "runtime/operators/project_operator.h"

namespace weir {

ValidateOperator::ValidateOperator(const plan::ValidateNode& node)
    : Operator(node),
      validate_(node),
      errors_to_(node, node.error),
      invalid_to_(node, node.otherwise) {}

Status ValidateOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  invalid_to_.Open(context_);
  for (const plan::ValidateNode::Rule& rule : validate_.rules) {
    WEIR_ASSIGN(std::unique_ptr<Predicate> predicate, Predicate::Compile(rule.condition));
    rules_.push_back(std::move(predicate));
    if (rule.warn) ledger_.gauges["warn:" + rule.name] = 0;
  }
  return Status::Ok();
}

void ValidateOperator::Collect(const plan::ValidateNode::Rule& rule, const RowSet& rows,
                               const RowIndices& passed) {
  if (passed.size() == rows.count()) return;
  if (rule.warn) {
    ledger_.gauges["warn:" + rule.name] += static_cast<int64_t>(rows.count() - passed.size());
    return;
  }
  size_t next = 0;
  for (uint32_t i = 0; i < rows.count(); ++i) {
    const RowIndex row = rows[i];
    if (next < passed.size() && passed[next] == row) {
      ++next;
      continue;
    }
    RejectedRow& broken = broken_.emplace_back();
    broken.row = row;
    broken.rules.push_back(rule.name);
    broken.reason = rule.message.empty() ? rule.name : rule.message;
    broken.counted_as = rule.name;
  }
}

std::vector<RejectedRow> ValidateOperator::TakeRejected() {
  std::stable_sort(broken_.begin(), broken_.end(),
                   [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
  std::vector<RejectedRow> rejected;
  for (RejectedRow& broken : broken_) {
    if (!rejected.empty() && rejected.back().row == broken.row) {
      rejected.back().rules.push_back(std::move(broken.rules.front()));
    } else {
      rejected.push_back(std::move(broken));
    }
  }
  broken_.clear();
  return rejected;
}

Status ValidateOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  // A row on which one rule fails to evaluate is an error of the stage, whatever the other rules
  // say: find those rows first, so that each row gets exactly one fate.
  std::vector<RowIndices> passed(rules_.size());
  for (size_t i = 0; i < rules_.size(); ++i) {
    rules_[i]->Select(input, batch.rows(), failing_.errors(), passed[i]);
  }
  RowSet rows;
  const bool any_error = !failing_.errors().empty();
  const RowIndices failed = failing_.errors().Rows();
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (any_error) {
      RowIndices kept;
      SubtractRows(RowSet::Of(passed[i]), failed, kept);
      passed[i] = std::move(kept);
    }
    Collect(validate_.rules[i], rows, passed[i]);
  }
  const std::vector<RejectedRow> rejected = TakeRejected();
  WEIR_TRY(invalid_to_.Reject(batch, rejected, ledger_, out));
  RowIndices broken_rows;
  for (const RejectedRow& row : rejected) broken_rows.push_back(row.row);
  RowIndices valid;
  if (!broken_rows.empty()) {
    SubtractRows(rows, broken_rows, valid);
    rows = RowSet::Of(valid);
  }
  ledger_.passed += rows.count();
  ledger_.rows_out += rows.count();
  EmitRows(batch, rows, 0, out);
  return Status::Ok();
}

}  // namespace weir
