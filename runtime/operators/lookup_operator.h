#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/lookup_table.h"
#include "runtime/operators/operator.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `lookup t as u on keys set a = …`: finds each row's key in the table's current version and
/// evaluates the new columns with the table's row as an optional struct.
class LookupOperator final : public Operator {
 public:
  LookupOperator(const plan::LookupNode& node, std::shared_ptr<LookupTableVersions> table);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

 private:
  /// The table's rows beside the batch's: a struct column, null where nothing was found.
  ColumnPtr FindRows(const RecordBatch& batch, const RowSet& rows, const LookupTable& table);
  /// Encoded keys of the rows whose key has no null, into keys_; those rows.
  RowIndices EncodeKeys(const RecordBatch& batch, const RowSet& rows, const LookupTable& table);

  const plan::LookupNode& lookup_;
  std::shared_ptr<LookupTableVersions> table_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  std::vector<std::unique_ptr<Evaluator>> exprs_;
  std::unique_ptr<KeyEncoder> keys_;
  FailingRows failing_;
  DataType row_type_;
  std::vector<bool> used_fields_;  ///< of the table's row; the others are not materialized
  std::vector<int64_t> found_;     ///< by row of the batch: row of the table or -1
};

}  // namespace weir
