#include "runtime/operators/aggregate_rows.h"

#include <algorithm>

#include "runtime/operators/result_rows.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

AggregateRows::AggregateRows(const plan::AggregateNode& node, const Accumulators& accumulators)
    : node_(node), accumulators_(accumulators), failed_to_(node, node.result_error) {
  for (const plan::ExprPtr& key : node.keys) key_types_.push_back(key->type);
}

RecordBatch AggregateRows::Build(const std::vector<Group>& groups, size_t begin, size_t end,
                                 const Window* window, Micros event_time, Micros watermark,
                                 RowErrors& errors) const {
  const auto count = static_cast<uint32_t>(end - begin);
  std::vector<std::string_view> keys;
  std::vector<uint8_t*> blocks;
  for (size_t i = begin; i < end; ++i) {
    keys.push_back(groups[i].key);
    blocks.push_back(groups[i].block);
  }
  std::vector<ColumnPtr> columns = KeyEncoder::Decode(key_types_, keys);
  if (window != nullptr) {
    columns.push_back(Column::Constant(Value::Timestamp(window->start), count));
    columns.push_back(Column::Constant(Value::Timestamp(window->end), count));
    columns.push_back(Column::Constant(Value::Bool(window->closed), count));
  }
  for (ColumnPtr& result : accumulators_.Finish(blocks, errors))
    columns.push_back(std::move(result));
  HiddenColumns hidden;
  hidden.event_time = Column::Constant(Value::Int64(event_time), count);
  hidden.watermark = Column::Constant(Value::Int64(watermark), count);
  return RecordBatch(node_.schema, std::move(columns), count, std::move(hidden));
}

void AggregateRows::Sort(std::vector<Group>& groups) {
  std::sort(groups.begin(), groups.end(),
            [](const Group& a, const Group& b) { return a.key < b.key; });
}

Status AggregateRows::Emit(std::vector<Group>& groups, const Window* window, Micros event_time,
                           Micros watermark, std::string_view kind, const OperatorContext& context,
                           Ledger& ledger, Collector& out) {
  Sort(groups);
  for (size_t next = 0; next < groups.size();) {
    WEIR_TRY(EmitNext(groups, next, window, event_time, watermark, kind, context, ledger, out));
  }
  return Status::Ok();
}

Status AggregateRows::EmitNext(const std::vector<Group>& groups, size_t& next, const Window* window,
                               Micros event_time, Micros watermark, std::string_view kind,
                               const OperatorContext& context, Ledger& ledger, Collector& out) {
  const size_t begin = next;
  next = std::min<size_t>(groups.size(), begin + context.batch_rows);
  RowErrors errors;
  const RecordBatch batch = Build(groups, begin, next, window, event_time, watermark, errors);
  WEIR_TRY(EmitResults(batch, errors, failed_to_, kind, ledger, out));
  if (window != nullptr && !errors.empty() && !node_.emit.only_on_close()) {
    EmitDeletesOf(batch, errors, ledger, out);
  }
  return Status::Ok();
}

/// Readers may know the ids of results that have no value now by an earlier update: they must not
/// keep that one. They are told so whether they do or not. Never as a closed window: such rows are
/// kept where only final ones count.
void AggregateRows::EmitDeletesOf(const RecordBatch& batch, const RowErrors& errors, Ledger& ledger,
                                  Collector& out) const {
  std::vector<ColumnPtr> columns = batch.columns();
  columns[node_.keys.size() + 2] = Column::Constant(Value::Bool(false), batch.capacity());
  const RowIndices& failed = errors.Rows();
  RecordBatch deleted = batch.WithColumns(batch.schema(), std::move(columns)).WithSelection(failed);
  MutableColumnPtr op = Column::Make(DataType::Bool(), batch.capacity());
  std::fill_n(op->mutable_data<uint8_t>(), batch.capacity(), static_cast<uint8_t>(RowOp::kDelete));
  deleted.mutable_hidden().op = std::move(op);
  const auto count = static_cast<int64_t>(failed.size());
  ledger.produced["delete"] += count;
  ledger.rows_out += count;
  out.Emit(0, std::move(deleted));
}

void AggregateRows::EmitNextDeletes(const std::vector<Group>& groups, size_t& next, Micros time,
                                    const OperatorContext& context, Ledger& ledger,
                                    Collector& out) {
  const size_t begin = next;
  next = std::min<size_t>(groups.size(), begin + context.batch_rows);
  RowErrors ignored;  // of a delete only the keys count
  RecordBatch batch = Build(groups, begin, next, nullptr, time, time, ignored);
  const auto count = static_cast<uint32_t>(next - begin);
  MutableColumnPtr op = Column::Make(DataType::Bool(), count);
  std::fill_n(op->mutable_data<uint8_t>(), count, static_cast<uint8_t>(RowOp::kDelete));
  batch.mutable_hidden().op = std::move(op);
  ledger.produced["delete"] += count;
  ledger.rows_out += count;
  out.Emit(0, std::move(batch));
}

}  // namespace weir
