#include "runtime/operators/row_router.h"

#include "runtime/base/check.h"

namespace weir {

void RowRouter::Open(const OperatorContext& context) {
  dead_letters_ = std::make_unique<DeadLetterBuilder>(node_.name, context);
}

Status RowRouter::Fail(std::string_view what) const {
  if (route_.reason.empty()) return FailedPreconditionError("{}: {}", node_.name, what);
  return FailedPreconditionError("{}: {}: {}", node_.name, route_.reason, what);
}

RecordBatch RowRouter::Project(const RecordBatch& batch, RowIndices rows) const {
  const SchemaPtr& schema = node_.port_schema(route_.port);
  std::vector<ColumnPtr> columns;
  columns.reserve(route_.fields.size());
  for (size_t i = 0; i < route_.fields.size(); ++i) {
    const DataType& type = schema->field(static_cast<int>(i)).type;
    const int field = route_.fields[i];
    columns.push_back(field < 0 ? Column::Nulls(type, batch.capacity())
                                : Column::Retype(batch.column(field), type));
  }
  RecordBatch routed = batch.WithColumns(schema, std::move(columns)).WithSelection(std::move(rows));
  routed.mutable_hidden().op = nullptr;
  routed.mutable_hidden().routed_from =
      Column::Constant(Value::String(node_.name), batch.capacity());
  return routed;
}

RecordBatch RowRouter::Wrap(const RecordBatch& batch, std::span<const RejectedRow> rejected) const {
  if (route_.shape == plan::Route::Shape::kDeadLetter) {
    return dead_letters_->Build(batch, rejected);
  }
  RowIndices rows;
  for (const RejectedRow& row : rejected) rows.push_back(row.row);
  return Project(batch, std::move(rows));
}

Status RowRouter::Reject(const RecordBatch& batch, std::span<const RejectedRow> rejected,
                         Ledger& ledger, Collector& out) const {
  if (rejected.empty()) return Status::Ok();
  const auto count = static_cast<int64_t>(rejected.size());
  switch (route_.kind) {
    case plan::Route::Kind::kDiscard:
      if (!route_.reason.empty()) {
        ledger.discarded[route_.reason] += count;
      } else {
        for (const RejectedRow& row : rejected) CountReason(ledger.discarded, row.counted_as);
      }
      return Status::Ok();
    case plan::Route::Kind::kFail: return Fail(rejected.front().reason);
    case plan::Route::Kind::kTo: {
      for (const RejectedRow& row : rejected) CountReason(ledger.dead_lettered, row.counted_as);
      ledger.routed += count;
      out.Emit(route_.port, Wrap(batch, rejected));
      return Status::Ok();
    }
    case plan::Route::Kind::kNone:
    case plan::Route::Kind::kDefault: break;
  }
  // The checker wants a route wherever a row can fail; without one the engine stops, it never
  // drops.
  return InternalError("{}: a row failed where no route was planned: {}", node_.name,
                       rejected.front().reason);
}

Status RowRouter::RejectResults(const RecordBatch& batch, std::span<const RejectedRow> rejected,
                                Ledger& ledger, Collector& out) const {
  if (rejected.empty()) return Status::Ok();
  const auto count = static_cast<int64_t>(rejected.size());
  switch (route_.kind) {
    case plan::Route::Kind::kDiscard: break;
    case plan::Route::Kind::kFail: return Fail(rejected.front().reason);
    case plan::Route::Kind::kTo:
      ledger.routed += count;
      out.Emit(route_.port, Wrap(batch, rejected));
      break;
    case plan::Route::Kind::kNone:
    case plan::Route::Kind::kDefault:
      return InternalError("{}: a result failed where no route was planned: {}", node_.name,
                           rejected.front().reason);
  }
  for (const RejectedRow& row : rejected) CountReason(ledger.failed_results, row.counted_as);
  return Status::Ok();
}

Status RowRouter::RouteLate(const RecordBatch& batch, const RowIndices& rows, Ledger& ledger,
                            Collector& out) const {
  if (rows.empty()) return Status::Ok();
  const auto count = static_cast<int64_t>(rows.size());
  switch (route_.kind) {
    case plan::Route::Kind::kDiscard:
      ledger.discarded[route_.reason.empty() ? "late" : route_.reason] += count;
      return Status::Ok();
    case plan::Route::Kind::kFail: return Fail("a row is late");
    case plan::Route::Kind::kTo: {
      ledger.late += count;
      ledger.routed += count;
      if (route_.shape != plan::Route::Shape::kDeadLetter) {
        out.Emit(route_.port, Project(batch, rows));
        return Status::Ok();
      }
      std::vector<RejectedRow> rejected;
      for (RowIndex row : rows) rejected.push_back({row, {}, {}, "late", "late"});
      out.Emit(route_.port, dead_letters_->Build(batch, rejected));
      return Status::Ok();
    }
    case plan::Route::Kind::kNone:
    case plan::Route::Kind::kDefault: break;
  }
  return InternalError("{}: a row is late where no route was planned", node_.name);
}

}  // namespace weir
