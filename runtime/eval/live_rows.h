#pragma once

#include "runtime/vector/column.h"
#include "runtime/vector/row_set.h"
#include "stdlib/api/kernel_context.h"

namespace weir {

/// The rows that a node still has to compute while it evaluates its children: rows that failed in a
/// child or that a null argument decides are taken away. Costs nothing while there are none.
/// Scratch of a node, reused from batch to batch.
class LiveRows {
 public:
  void Begin(const RowSet& rows, const RowErrors& errors);
  const RowSet& rows() const { return rows_; }

  /// Takes away the rows that got an error since Begin or the last call.
  void DropFailed(const RowErrors& errors);
  /// Takes away `rows` (sorted).
  void Drop(const RowIndices& rows);
  /// Takes away the rows where `column` is null and remembers them.
  void DropNulls(const Column& column);
  /// Rows that DropNulls took away, each once, in no order.
  const RowIndices& nulls() const { return nulls_; }

 private:
  RowSet rows_;
  size_t mark_ = 0;
  RowIndices live_, spare_, failed_, nulls_;
};

}  // namespace weir
