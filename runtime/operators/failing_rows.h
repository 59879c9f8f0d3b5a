#pragma once

#include "runtime/operators/row_router.h"
#include "stdlib/api/kernel_context.h"

namespace weir {

/// Takes rows whose expressions failed out of a batch and routes them. Reused from batch to batch.
class FailingRows {
 public:
  /// For the evaluators of one batch; cleared by Begin.
  RowErrors& errors() { return errors_; }
  void Begin() { errors_.Clear(); }

  /// Rows of `rows` without an error; routes the others by `router`. The set stays valid until the
  /// next call.
  Status TakeOut(const RecordBatch& batch, const RowSet& rows, const RowRouter& router,
                 Ledger& ledger, Collector& out, RowSet& remaining);

 private:
  RowErrors errors_;
  RowIndices remaining_;
};

}  // namespace weir
