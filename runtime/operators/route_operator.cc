#include "runtime/operators/route_operator.h"

#include "runtime/operators/project_operator.h"

namespace weir {

RouteOperator::RouteOperator(const plan::RouteNode& node)
    : Operator(node), route_(node), errors_to_(node, node.error) {}

Status RouteOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  for (const plan::RouteNode::Arm& arm : route_.arms) {
    WEIR_ASSIGN(std::unique_ptr<Predicate> predicate, Predicate::Compile(arm.condition));
    conditions_.push_back(std::move(predicate));
  }
  return Status::Ok();
}

Status RouteOperator::Leave(const RecordBatch& batch, const RowSet& rows, const plan::Route& route,
                            Collector& out) {
  if (route.shape == plan::Route::Shape::kDeadLetter) {
    std::vector<RejectedRow> rejected;
    for (uint32_t i = 0; i < rows.count(); ++i) {
      rejected.push_back({rows[i], {}, {}, "sent here by a route stage", "route"});
    }
    RowRouter wrap(route_, route);
    wrap.Open(context_);
    return wrap.Reject(batch, rejected, ledger_, out);
  }
  ledger_.passed += rows.count();
  ledger_.rows_out += rows.count();
  const SchemaPtr& schema = route_.port_schema(route.port);
  std::vector<ColumnPtr> columns;
  for (size_t i = 0; i < route.fields.size(); ++i) {
    const DataType& type = schema->field(static_cast<int>(i)).type;
    columns.push_back(route.fields[i] < 0 ? Column::Nulls(type, batch.capacity())
                                          : Column::Retype(batch.column(route.fields[i]), type));
  }
  EmitRows(batch.WithColumns(schema, std::move(columns)).WithSelection(nullptr), rows, route.port,
           out);
  return Status::Ok();
}

Status RouteOperator::LeaveOtherwise(const RecordBatch& batch, const RowSet& rows, Collector& out) {
  if (rows.empty()) return Status::Ok();
  switch (route_.otherwise.kind) {
    case plan::Route::Kind::kTo: return Leave(batch, rows, route_.otherwise, out);
    case plan::Route::Kind::kDiscard:
      ledger_.discarded[route_.otherwise.reason.empty() ? "else" : route_.otherwise.reason] +=
          rows.count();
      return Status::Ok();
    case plan::Route::Kind::kFail:
      return FailedPreconditionError(
          "{}: {}", route_.name,
          route_.otherwise.reason.empty() ? "no arm of `route` holds" : route_.otherwise.reason);
    case plan::Route::Kind::kNone:
    case plan::Route::Kind::kDefault: break;
  }
  ledger_.passed += rows.count();
  ledger_.rows_out += rows.count();
  EmitRows(batch.WithSelection(nullptr), rows, 0, out);
  return Status::Ok();
}

Status RouteOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  RowIndices undecided;
  SubtractRows(batch.rows(), {}, undecided);
  for (size_t arm = 0; arm < conditions_.size() && !undecided.empty(); ++arm) {
    failing_.Begin();
    RowIndices taken;
    conditions_[arm]->Select(input, RowSet::Of(undecided), failing_.errors(), taken);
    RowSet rows;
    WEIR_TRY(failing_.TakeOut(batch, RowSet::Of(undecided), errors_to_, ledger_, out, rows));
    RowIndices rest;
    SubtractRows(rows, taken, rest);
    if (!taken.empty()) {
      WEIR_TRY(Leave(batch, RowSet::Of(taken), route_.arms[arm].route, out));
    }
    undecided = std::move(rest);
  }
  return LeaveOtherwise(batch, RowSet::Of(undecided), out);
}

}  // namespace weir
