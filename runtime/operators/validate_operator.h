#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/predicate.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"

namespace weir {

/// `validate`: a row that breaks one rule or more leaves by the stage's route, once, with all the
/// rules it broke. Rules marked `warn` are only counted.
class ValidateOperator final : public Operator {
 public:
  explicit ValidateOperator(const plan::ValidateNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

 private:
  /// Adds `rule` to the rejected rows of this batch for the rows not in `passed`.
  void Collect(const plan::ValidateNode::Rule& rule, const RowSet& rows, const RowIndices& passed);
  std::vector<RejectedRow> TakeRejected();

  const plan::ValidateNode& validate_;
  RowRouter errors_to_;
  RowRouter invalid_to_;
  std::vector<std::unique_ptr<Predicate>> rules_;
  FailingRows failing_;
  std::vector<RejectedRow> broken_;  ///< in order of rules, then rows; of the current batch
};

}  // namespace weir
