#include "runtime/operators/sink_operator.h"

#include "compiler/plan/dead_letter_schema.h"
#include "runtime/operators/row_json.h"

namespace weir {

SinkOperator::SinkOperator(const plan::SinkNode& node, std::unique_ptr<SinkWriter> writer,
                           std::string identity)
    : Operator(node), sink_(node), writer_(std::move(writer)), identity_(std::move(identity)) {
  for (plan::SinkFill fill : sink_.fills) fills_ |= fill != plan::SinkFill::kNone;
}

Status SinkOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  return writer_->Open().WithContext(fmt::format("sink {}", sink_.sink));
}

RecordBatch SinkOperator::FillColumns(const RecordBatch& batch) const {
  std::vector<ColumnPtr> columns = batch.columns();
  for (size_t i = 0; i < sink_.fills.size(); ++i) {
    if (sink_.fills[i] != plan::SinkFill::kBatchId) continue;
    const std::string id = fmt::format("{}/{}/{}", identity_, context_.worker, unit_);
    columns[i] = Column::Constant(Value::String(id), batch.capacity());
  }
  return batch.WithColumns(batch.schema(), std::move(columns));
}

Status SinkOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  (void)out;
  ledger_.rows_in += batch.num_rows();
  const RecordBatch rows = batch.WithColumns(sink_.row, batch.columns());
  WEIR_TRY(writer_->Append(fills_ ? FillColumns(rows) : rows)
               .WithContext(fmt::format("sink {}", sink_.sink)));
  ledger_.absorbed += batch.num_rows();
  has_rows_ = true;
  return Status::Ok();
}

Status SinkOperator::Freeze() {
  if (has_rows_) ++unit_;
  has_rows_ = false;
  return writer_->Freeze().WithContext(fmt::format("sink {}", sink_.sink));
}

RecordBatch SinkOperator::BuildFailedWrites(const std::vector<RefusedRow>& refused) const {
  using Columns = plan::FailedWriteColumns;
  const SchemaPtr schema = plan::FailedWriteSchema();
  const auto count = static_cast<uint32_t>(refused.size());
  std::vector<MutableColumnPtr> columns;
  for (const Field& field : schema->fields()) columns.push_back(Column::Make(field.type, count));
  for (uint32_t i = 0; i < count; ++i) {
    const RefusedRow& row = refused[i];
    std::string json;
    AppendRowJson(row.batch, row.row, json);
    columns[Columns::kSink]->SetValue(i, Value::String(sink_.sink));
    columns[Columns::kCode]->SetValue(i, Value::String(row.code));
    columns[Columns::kMessage]->SetValue(i, Value::String(row.message));
    columns[Columns::kAttempts]->SetValue(i, Value::Int64(row.attempts));
    columns[Columns::kRow]->SetValue(i, Value(DataType::Json(), std::move(json)));
  }
  HiddenColumns hidden;
  hidden.event_time = Column::Constant(Value::Int64(context_.clock->Now()), count);
  return RecordBatch(schema, {columns.begin(), columns.end()}, count, hidden);
}

Status SinkOperator::RouteRefused(const std::vector<RefusedRow>& refused, Collector& out) {
  const auto count = static_cast<int64_t>(refused.size());
  const plan::Route& route = sink_.refused;
  switch (route.kind) {
    case plan::Route::Kind::kDiscard:
      ledger_.absorbed -= count;
      ledger_.discarded[route.reason.empty() ? "refused" : route.reason] += count;
      return Status::Ok();
    case plan::Route::Kind::kTo:
      ledger_.absorbed -= count;
      ledger_.routed += count;
      for (const RefusedRow& row : refused) CountReason(ledger_.dead_lettered, row.code);
      out.Emit(route.port, BuildFailedWrites(refused));
      return Status::Ok();
    case plan::Route::Kind::kFail:
    case plan::Route::Kind::kNone:
    case plan::Route::Kind::kDefault: break;
  }
  return FailedPreconditionError("sink {}: {} rows refused: {}", sink_.sink, count,
                                 refused.front().message);
}

Status SinkOperator::Deliver(Collector& out) {
  std::vector<RefusedRow> refused;
  WEIR_TRY(writer_->Deliver(refused).WithContext(fmt::format("sink {}", sink_.sink)));
  if (refused.empty()) return Status::Ok();
  return RouteRefused(refused, out);
}

Status SinkOperator::Tick(Micros now) {
  return writer_->Tick(now).WithContext(fmt::format("sink {}", sink_.sink));
}

Status SinkOperator::Close() {
  return writer_->Close().WithContext(fmt::format("sink {}", sink_.sink));
}

}  // namespace weir
