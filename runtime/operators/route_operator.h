#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/predicate.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"

namespace weir {

/// `route`: each row leaves by the first arm whose condition holds, else by the last one.
class RouteOperator final : public Operator {
 public:
  explicit RouteOperator(const plan::RouteNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

 private:
  /// Sends rows through an arm's port: as they are, or wrapped when it leads to dead letters.
  Status Leave(const RecordBatch& batch, const RowSet& rows, const plan::Route& route,
               Collector& out);
  Status LeaveOtherwise(const RecordBatch& batch, const RowSet& rows, Collector& out);

  const plan::RouteNode& route_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Predicate>> conditions_;
  FailingRows failing_;
};

}  // namespace weir
