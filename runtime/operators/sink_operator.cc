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
  for (const plan::SinkRowOption& option : sink_.row_options) {
    WEIR_ASSIGN(std::unique_ptr<Evaluator> value, Evaluator::Compile(option.value));
    row_options_.push_back(std::move(value));
  }
  if (!row_options_.empty()) {
    std::vector<Field> fields = sink_.row->fields();
    for (const plan::SinkRowOption& option : sink_.row_options) {
      fields.push_back({option.name, option.value->type, {}});
    }
    row_with_options_ = Schema::Make(std::move(fields));
  }
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

/// Of this run's writer: what an earlier run left pending, the connector took over at the start.
void SinkOperator::CountPending() {
  const int64_t pending = writer_->undelivered_rows();
  ledger_.pending += pending - pending_;
  ledger_.absorbed -= pending - pending_;
  pending_ = pending;
}

Status SinkOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  ledger_.absorbed += batch.num_rows();
  if (muted()) {
    ledger_.muted += batch.num_rows();
    return Status::Ok();
  }
  RecordBatch rows = batch.WithColumns(sink_.row, batch.columns());
  if (fills_) rows = FillColumns(rows);
  if (!row_options_.empty()) WEIR_TRY(AddRowOptions(rows, out));
  if (rows.empty()) return Status::Ok();
  WEIR_TRY(writer_->Append(rows).WithContext(fmt::format("sink {}", sink_.sink)));
  has_rows_ = true;
  CountPending();
  return Status::Ok();
}

/// Values of the options that differ per row, as columns behind the row's own. A row without one
/// cannot be written.
Status SinkOperator::AddRowOptions(RecordBatch& batch, Collector& out) {
  errors_.Clear();
  std::vector<ColumnPtr> columns = batch.columns();
  for (const auto& option : row_options_) {
    columns.push_back(
        option->Evaluate(EvalInput::Of(batch, context_.clock->Now()), batch.rows(), errors_));
  }
  const RecordBatch given = batch;
  batch = batch.WithColumns(row_with_options_, std::move(columns));
  if (errors_.empty()) return Status::Ok();
  RowIndices good;
  SubtractRows(given.rows(), errors_.Rows(), good);
  batch = batch.WithSelection(std::move(good));
  std::vector<RefusedRow> refused;
  for (RowIndex row : errors_.Rows()) {
    const RowError& error = *errors_.Find(row);
    refused.push_back({given, row, std::string(RowErrorCodeName(error.code)), error.message, 0});
  }
  return RouteRefused(refused, out);
}

Status SinkOperator::PrepareBarrier(Collector& out) {
  std::vector<RefusedRow> refused;
  writer_->TakeRefused(refused);
  if (refused.empty()) return Status::Ok();
  CountPending();
  return RouteRefused(refused, out);
}

Status SinkOperator::Freeze(uint64_t epoch) {
  if (has_rows_) ++unit_;
  has_rows_ = false;
  const Status status = writer_->Freeze(epoch).WithContext(fmt::format("sink {}", sink_.sink));
  PassBarrier(epoch);
  CountPending();
  return status;
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
  const Status status = writer_->Deliver(refused).WithContext(fmt::format("sink {}", sink_.sink));
  CountPending();
  WEIR_TRY(status);
  if (refused.empty()) return Status::Ok();
  return RouteRefused(refused, out);
}

bool SinkOperator::HasUndelivered() const { return writer_->HasUndelivered(); }

Status SinkOperator::Tick(Micros now) {
  const Status status = writer_->Tick(now).WithContext(fmt::format("sink {}", sink_.sink));
  CountPending();
  return status;
}

Status SinkOperator::Close() {
  const Status status = writer_->Close().WithContext(fmt::format("sink {}", sink_.sink));
  CountPending();
  return status;
}

}  // namespace weir
