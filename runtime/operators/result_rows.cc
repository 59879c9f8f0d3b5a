#include "runtime/operators/result_rows.h"

namespace weir {

Status EmitResults(const RecordBatch& batch, const RowErrors& errors, const RowRouter& failed_to,
                   std::string_view kind, Ledger& ledger, Collector& out) {
  RecordBatch good = batch;
  if (!errors.empty()) {
    WEIR_TRY(failed_to.RejectResults(batch, RejectFailedRows(errors), ledger, out));
    RowIndices rows;
    SubtractRows(batch.rows(), errors.Rows(), rows);
    good = batch.WithSelection(std::move(rows));
  }
  ledger.produced[std::string(kind)] += good.num_rows();
  ledger.rows_out += good.num_rows();
  out.Emit(0, std::move(good));
  return Status::Ok();
}

}  // namespace weir
