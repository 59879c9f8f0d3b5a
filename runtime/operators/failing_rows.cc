#include "runtime/operators/failing_rows.h"

namespace weir {

Status FailingRows::TakeOut(const RecordBatch& batch, const RowSet& rows, const RowRouter& router,
                            Ledger& ledger, Collector& out, RowSet& remaining) {
  if (errors_.empty()) {
    remaining = rows;
    return Status::Ok();
  }
  WEIR_TRY(router.Reject(batch, RejectFailedRows(errors_), ledger, out));
  RowIndices kept;  // `rows` may be what the last call left in remaining_
  SubtractRows(rows, errors_.Rows(), kept);
  remaining_ = std::move(kept);
  remaining = RowSet::Of(remaining_);
  return Status::Ok();
}

}  // namespace weir
