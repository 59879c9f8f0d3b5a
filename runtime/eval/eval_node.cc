#include "runtime/eval/eval_node.h"

namespace weir {

void EvalNode::Select(EvalContext& context, const RowSet& rows, RowIndices& selected) {
  LiveRows live;
  live.Begin(rows, *context.errors);
  ColumnPtr column = Eval(context, rows);
  live.DropFailed(*context.errors);
  ColumnView<uint8_t> values(*column);
  if (values.is_constant()) {
    if (live.rows().empty() || values.IsNull(0) || values[0] == 0) return;
    live.rows().ForEach([&](RowIndex row) { selected.push_back(row); });
    return;
  }
  // Branch-free: the write always happens, the end moves only for a selected row.
  size_t end = selected.size();
  selected.resize(end + live.rows().count());
  if (values.has_nulls()) {
    live.rows().ForEach([&](RowIndex row) {
      selected[end] = row;
      end += !values.IsNull(row) && values[row] != 0;
    });
  } else {
    live.rows().ForEach([&](RowIndex row) {
      selected[end] = row;
      end += values[row] != 0;
    });
  }
  selected.resize(end);
}

ColumnPtr StrictNode::Eval(EvalContext& context, const RowSet& rows) {
  live_.Begin(rows, *context.errors);
  for (size_t i = 0; i < children_.size(); ++i) {
    columns_[i] = children_[i]->Eval(context, live_.rows());
    live_.DropFailed(*context.errors);
    live_.DropNulls(*columns_[i]);
  }
  MutableColumnPtr out = Compute(context, columns_, live_.rows());
  for (RowIndex row : live_.nulls()) out->SetNull(row);
  for (ColumnPtr& column : columns_) column.reset();
  return out;
}

}  // namespace weir
