#pragma once

#include "runtime/operators/operator.h"

namespace weir {

/// Passes rows on as they are: junctions, `union`, `rekey` (whose work is the exchange before it).
class ForwardOperator final : public Operator {
 public:
  explicit ForwardOperator(const plan::LogicalNode& node) : Operator(node) {}
  Status ProcessBatch(int, const RecordBatch& batch, Collector& out) override {
    ledger_.rows_in += batch.num_rows();
    ledger_.passed += batch.num_rows();
    ledger_.rows_out += batch.num_rows();
    // Inputs may differ in names and declared types of the same form; readers see one schema.
    out.Emit(0, batch.WithColumns(node_.schema, batch.columns()));
    return Status::Ok();
  }
};

}  // namespace weir
