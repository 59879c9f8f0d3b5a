#include "runtime/operators/lookup_operator.h"

#include "runtime/operators/project_operator.h"
#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

/// Fields of the struct in column `index` that `expr` reads; all of them when it reads it whole.
void CollectFields(const plan::Expr& expr, int index, std::vector<bool>& used) {
  if (expr.kind == plan::ExprKind::kField && expr.children[0]->kind == plan::ExprKind::kColumn &&
      expr.children[0]->index == index) {
    used[static_cast<size_t>(expr.index)] = true;
    return;
  }
  if (expr.kind == plan::ExprKind::kColumn && expr.index == index) {
    used.assign(used.size(), true);
    return;
  }
  for (const plan::ExprPtr& child : expr.children) CollectFields(*child, index, used);
}

template <typename T>
void Gather(const Column& source, const std::vector<int64_t>& found, const RowSet& rows,
            Column& target) {
  const ColumnView<T> view(source);
  T* out = target.mutable_data<T>();
  rows.ForEach([&](RowIndex row) {
    if (found[row] >= 0) out[row] = view[static_cast<RowIndex>(found[row])];
  });
}

/// Values of `source` at `found`, position-preserving; fixed-width types and strings.
ColumnPtr GatherFound(const ColumnPtr& source, const std::vector<int64_t>& found,
                      const RowSet& rows, uint32_t capacity) {
  MutableColumnPtr target = Column::Make(source->type(), capacity);
  switch (source->type().physical()) {
    case Physical::kBool: Gather<uint8_t>(*source, found, rows, *target); break;
    case Physical::kInt64: Gather<int64_t>(*source, found, rows, *target); break;
    case Physical::kUInt64: Gather<uint64_t>(*source, found, rows, *target); break;
    case Physical::kFloat64: Gather<double>(*source, found, rows, *target); break;
    case Physical::kInt128: Gather<Int128>(*source, found, rows, *target); break;
    case Physical::kFixed16: Gather<Fixed16>(*source, found, rows, *target); break;
    case Physical::kCode: Gather<uint16_t>(*source, found, rows, *target); break;
    case Physical::kString:
      Gather<std::string_view>(*source, found, rows, *target);
      // Keeps the table's bytes alive beside the batch.
      target->AddOwner(source);
      break;
    case Physical::kList:
    case Physical::kStruct:
    case Physical::kNone:
      rows.ForEach([&](RowIndex row) {
        if (found[row] >= 0)
          target->SetValue(row, source->ValueAt(static_cast<RowIndex>(found[row])));
      });
      return target;
  }
  if (source->has_nulls()) {
    rows.ForEach([&](RowIndex row) {
      if (found[row] >= 0 && source->IsNull(static_cast<RowIndex>(found[row])))
        target->SetNull(row);
    });
  }
  return target;
}

}  // namespace

LookupOperator::LookupOperator(const plan::LookupNode& node,
                               std::shared_ptr<LookupTableVersions> table)
    : Operator(node), lookup_(node), table_(std::move(table)), errors_to_(node, node.error) {}

Status LookupOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  WEIR_ASSIGN(key_exprs_, CompileAll(lookup_.keys));
  WEIR_ASSIGN(exprs_, CompileAll(lookup_.exprs));
  const std::shared_ptr<const LookupTable> table = table_->current();
  keys_ = std::make_unique<KeyEncoder>(table->key_types());
  std::vector<StructField> fields;
  for (const Field& field : table->rows().schema()->fields()) {
    fields.push_back({field.name, field.type});
  }
  row_type_ = DataType::Struct(std::move(fields)).AsOptional();
  return Status::Ok();
}

RowIndices LookupOperator::EncodeKeys(const RecordBatch& batch, const RowSet& rows,
                                      const LookupTable& table) {
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> key_columns;
  for (size_t i = 0; i < key_exprs_.size(); ++i) {
    columns.push_back(key_exprs_[i]->Evaluate(input, rows, failing_.errors()));
    columns.back() = Column::Retype(columns.back(), table.key_types()[i]);
    key_columns.push_back(columns.back().get());
  }
  const RowIndices failed = failing_.errors().Rows();
  RowIndices usable;
  SubtractRows(rows, failed, usable);
  std::erase_if(usable, [&](RowIndex row) {
    for (const Column* column : key_columns) {
      if (column->IsNull(row)) return true;
    }
    return false;
  });
  keys_->Encode(key_columns, RowSet::Of(usable), batch.capacity());
  return usable;
}

ColumnPtr LookupOperator::FindRows(const RecordBatch& batch, const RowSet& rows,
                                   const LookupTable& table) {
  const RowIndices usable = EncodeKeys(batch, rows, table);
  found_.assign(batch.capacity(), -1);
  int64_t hits = 0;
  for (RowIndex row : usable) {
    found_[row] = table.Find(keys_->key(row), keys_->hash(row));
    hits += found_[row] >= 0 ? 1 : 0;
  }
  ledger_.gauges["lookup hits"] += hits;
  ledger_.gauges["lookup misses"] += rows.count() - hits;
  std::vector<ColumnPtr> children;
  for (int i = 0; i < table.rows().num_columns(); ++i) {
    const ColumnPtr& column = table.rows().column(i);
    children.push_back(used_fields_[static_cast<size_t>(i)]
                           ? GatherFound(column, found_, rows, batch.capacity())
                           : Column::Nulls(column->type(), batch.capacity()));
  }
  MutableColumnPtr found = Column::MakeStruct(row_type_, batch.capacity(), std::move(children));
  if (hits < rows.count()) {
    uint8_t* valid = found->EnsureValidity();
    rows.ForEach([&](RowIndex row) { valid[row] = found_[row] >= 0 ? 1 : 0; });
  }
  return found;
}

Status LookupOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  if (used_fields_.empty()) {
    // The table's row stands behind the input's columns; every batch has the same ones.
    used_fields_.assign(row_type_.fields().size(), false);
    for (const plan::ExprPtr& expr : lookup_.exprs) {
      CollectFields(*expr, batch.num_columns(), used_fields_);
    }
  }
  const std::shared_ptr<const LookupTable> table = table_->current();
  std::vector<ColumnPtr> columns = batch.columns();
  columns.push_back(FindRows(batch, batch.rows(), *table));
  EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  input.columns = columns.data();
  input.num_columns = columns.size();
  std::vector<ColumnPtr> results;
  for (const auto& expr : exprs_) {
    results.push_back(expr->Evaluate(input, batch.rows(), failing_.errors()));
  }
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  ledger_.passed += rows.count();
  ledger_.rows_out += rows.count();
  EmitRows(batch.WithColumns(lookup_.schema, std::move(results)), rows, 0, out);
  return Status::Ok();
}

}  // namespace weir
