#include "runtime/operators/flatten_operator.h"

#include "runtime/operators/column_copy.h"
#include "runtime/vector/column_gather.h"

namespace weir {

FlattenOperator::FlattenOperator(const plan::FlattenNode& node)
    : Operator(node), flatten_(node), errors_to_(node, node.error) {}

Status FlattenOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  WEIR_ASSIGN(list_, Evaluator::Compile(flatten_.list));
  return Status::Ok();
}

void FlattenOperator::EmitElements(const RecordBatch& batch, const Column& list,
                                   const RowIndices& rows, const RowIndices& elements,
                                   Collector& out) {
  if (rows.empty()) return;
  std::vector<ColumnPtr> columns;
  for (const ColumnPtr& column : batch.columns()) columns.push_back(GatherRows(column, rows));
  ColumnGather gather(flatten_.schema->fields().back().type, /*copy_strings=*/false);
  gather.Append(list.child(0).get(), RowSet::Of(elements));
  columns.push_back(gather.Finish());
  const auto count = static_cast<uint32_t>(rows.size());
  ledger_.produced["flatten"] += count;
  ledger_.rows_out += count;
  out.Emit(0, RecordBatch(flatten_.schema, std::move(columns), count,
                          GatherHiddenRows(batch.hidden(), rows)));
}

Status FlattenOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const ColumnPtr list =
      list_->Evaluate(EvalInput::Of(batch, context_.clock->Now()), batch.rows(), failing_.errors());
  RowSet remaining;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, remaining));
  const ColumnView<ListEntry> entries(*list);
  int64_t empty = 0;
  remaining.ForEach([&](RowIndex row) {
    if (entries.IsNull(row) || entries[row].length == 0) ++empty;
  });
  if (empty > 0) ledger_.discarded["empty list"] += empty;
  ledger_.absorbed += remaining.count() - empty;
  rest_.emplace(Rest{batch, list, {}, 0, 0});
  SubtractRows(remaining, {}, rest_->rows);
  return Resume(out);
}

Status FlattenOperator::Resume(Collector& out) {
  Rest& rest = *rest_;
  const ColumnView<ListEntry> entries(*rest.list);
  RowIndices rows;
  RowIndices elements;
  for (; rest.next_row < rest.rows.size(); ++rest.next_row, rest.next_element = 0) {
    const RowIndex row = rest.rows[rest.next_row];
    const ListEntry entry = entries.IsNull(row) ? ListEntry{} : entries[row];
    for (; rest.next_element < entry.length; ++rest.next_element) {
      if (rows.size() == context_.batch_rows) {
        EmitElements(rest.batch, *rest.list, rows, elements, out);
        return Status::Ok();
      }
      rows.push_back(row);
      elements.push_back(entry.offset + rest.next_element);
    }
  }
  const Rest last = std::move(rest);
  rest_.reset();
  EmitElements(last.batch, *last.list, rows, elements, out);
  return Status::Ok();
}

}  // namespace weir
