#include "runtime/operators/sample_operator.h"

#include "runtime/base/hash.h"
#include "runtime/operators/project_operator.h"

namespace weir {

SampleOperator::SampleOperator(const plan::SampleNode& node)
    : Operator(node),
      threshold_(node.share >= 1.0 ? UINT64_MAX
                                   : static_cast<uint64_t>(node.share * 18446744073709551616.0)) {}

Status SampleOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  const HiddenColumns& hidden = batch.hidden();
  RowIndices kept;
  batch.rows().ForEach([&](RowIndex row) {
    const int64_t key[3] = {
        hidden.origin ? ColumnView<int64_t>(*hidden.origin)[row] : 0,
        hidden.offset ? ColumnView<int64_t>(*hidden.offset)[row] : 0,
        hidden.event_time ? ColumnView<int64_t>(*hidden.event_time)[row] : 0,
    };
    if (HashBytes(key, sizeof(key)) <= threshold_) kept.push_back(row);
  });
  ledger_.passed += static_cast<int64_t>(kept.size());
  ledger_.rows_out += static_cast<int64_t>(kept.size());
  const int64_t dropped = batch.num_rows() - static_cast<int64_t>(kept.size());
  if (dropped > 0) ledger_.discarded["sample"] += dropped;
  EmitRows(batch, RowSet::Of(kept), 0, out);
  return Status::Ok();
}

}  // namespace weir
