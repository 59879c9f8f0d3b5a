#pragma once

#include <memory>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/predicate.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/row_router.h"

namespace weir {

/// `where`: a narrower selection of the same columns; nothing is copied.
class FilterOperator final : public Operator {
 public:
  explicit FilterOperator(const plan::FilterNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

 private:
  const plan::FilterNode& filter_;
  RowRouter errors_to_;
  std::unique_ptr<Predicate> condition_;
  RowErrors errors_;
};

}  // namespace weir
