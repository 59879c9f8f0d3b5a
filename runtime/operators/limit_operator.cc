#include "runtime/operators/limit_operator.h"

#include <fmt/format.h>

#include "runtime/base/hash.h"
#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/types/text.h"

namespace weir {

LimitOperator::LimitOperator(const plan::LimitNode& node)
    : Operator(node),
      limit_(node),
      errors_to_(node, node.error),
      keys_(TypesOf(node.per)),
      counts_(sizeof(int64_t)) {}

Status LimitOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  WEIR_ASSIGN(per_, CompileAll(limit_.per));
  Store(counts_, "counts", [](const uint8_t* count, std::string& out) {
    out.append(fmt::format("{}", *reinterpret_cast<const int64_t*>(count)));
  });
  StateTable::Cold cold;
  cold.deserialize = [this](std::string_view value, uint8_t* count) {
    return ReadCount(value, count);
  };
  MayLeave(counts_, std::move(cold));
  return Status::Ok();
}

Status LimitOperator::ReadCount(std::string_view value, uint8_t* count) const {
  const std::optional<int64_t> rows = ParseInt64(value);
  if (!rows) return DataLossError("{}: a stored count is damaged", limit_.name);
  *reinterpret_cast<int64_t*>(count) = *rows;
  return Status::Ok();
}

Status LimitOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> key_columns;
  for (const auto& per : per_) {
    columns.push_back(per->Evaluate(input, batch.rows(), failing_.errors()));
    key_columns.push_back(columns.back().get());
  }
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  keys_.Encode(key_columns, rows, batch.capacity());
  WEIR_TRY(counts_.Load(keys_, rows));
  RowIndices kept;
  rows.ForEach([&](RowIndex row) {
    const std::string_view key = keys_.key(row);
    const uint8_t* known = counts_.Find(key, keys_.hash(row));
    if (known != nullptr && *reinterpret_cast<const int64_t*>(known) >= limit_.count) return;
    bool created = false;
    ++*reinterpret_cast<int64_t*>(counts_.FindOrCreate(key, keys_.hash(row), created));
    kept.push_back(row);
  });
  ledger_.passed += static_cast<int64_t>(kept.size());
  ledger_.rows_out += static_cast<int64_t>(kept.size());
  const int64_t dropped = rows.count() - static_cast<int64_t>(kept.size());
  if (dropped > 0) ledger_.discarded["limit"] += dropped;
  EmitRows(batch, RowSet::Of(kept), 0, out);
  return Status::Ok();
}

// Entries: slot "counts", by encoded key: the number as text.
Status LimitOperator::Snapshot(StateWriter& out) {
  counts_.Seal(&out);
  return Status::Ok();
}

Status LimitOperator::Restore(const StateReader& in) {
  if (counts_.sweeping()) return Status::Ok();  // the rows come by and by
  return in.ForEach("counts", [this](uint32_t, std::string_view key, std::string_view value) {
    return ReadCount(value, counts_.AddCommitted(key, HashBytes(key)));
  });
}

}  // namespace weir
