#include "runtime/operators/aggregate_input.h"

#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"

namespace weir {

AggregateInput::AggregateInput(const plan::AggregateNode& node)
    : node_(node), keys_(TypesOf(node.keys)) {}

Status AggregateInput::Open() {
  WEIR_ASSIGN(key_exprs_, CompileAll(node_.keys));
  std::vector<plan::ExprPtr> arguments;
  std::vector<plan::ExprPtr> filters;
  const auto index_in = [](std::vector<plan::ExprPtr>& known, const plan::ExprPtr& expr) {
    for (size_t i = 0; i < known.size(); ++i) {
      if (plan::SameExpr(*known[i], *expr)) return i;
    }
    known.push_back(expr);
    return known.size() - 1;
  };
  for (const plan::AggregateCall& call : node_.aggregates) {
    std::vector<size_t>& indices = argument_of_.emplace_back();
    for (const plan::ExprPtr& argument : call.arguments) {
      indices.push_back(index_in(arguments, argument));
    }
    filter_of_.push_back(call.filter == nullptr ? -1
                                                : static_cast<int>(index_in(filters, call.filter)));
  }
  WEIR_ASSIGN(distinct_arguments_, CompileAll(arguments));
  for (const plan::ExprPtr& filter : filters) {
    WEIR_ASSIGN(std::unique_ptr<Predicate> predicate, Predicate::Compile(filter));
    distinct_filters_.push_back(std::move(predicate));
  }
  passes_.resize(filters.size());
  filter_rows_.resize(filters.size());
  return Status::Ok();
}

void AggregateInput::Evaluate(const RecordBatch& batch, const RowSet& rows, Micros now,
                              RowErrors& errors) {
  const EvalInput input = EvalInput::Of(batch, now);
  key_columns_.clear();
  for (const auto& key : key_exprs_) key_columns_.push_back(key->Evaluate(input, rows, errors));
  // An argument is only evaluated where some filter lets it through: `sum(x where y)` must not fail
  // on rows that it does not count.
  for (size_t i = 0; i < distinct_filters_.size(); ++i) {
    filter_rows_[i].clear();
    distinct_filters_[i]->Select(input, rows, errors, filter_rows_[i]);
    passes_[i].assign(batch.capacity(), 0);
    for (RowIndex row : filter_rows_[i]) passes_[i][row] = 1;
  }
  argument_columns_.assign(distinct_arguments_.size(), nullptr);
  for (size_t call = 0; call < argument_of_.size(); ++call) {
    for (size_t argument : argument_of_[call]) {
      if (argument_columns_[argument] != nullptr) continue;
      bool shared = false;
      for (size_t other = 0; other < argument_of_.size(); ++other) {
        if (filter_of_[other] == filter_of_[call]) continue;
        for (size_t used : argument_of_[other]) shared |= used == argument;
      }
      const RowSet needed = filter_of_[call] < 0 || shared
                                ? rows
                                : RowSet::Of(filter_rows_[static_cast<size_t>(filter_of_[call])]);
      argument_columns_[argument] = distinct_arguments_[argument]->Evaluate(input, needed, errors);
    }
  }
  arguments_.resize(argument_of_.size());
  for (size_t call = 0; call < argument_of_.size(); ++call) {
    arguments_[call].clear();
    for (size_t argument : argument_of_[call]) {
      arguments_[call].push_back(argument_columns_[argument].get());
    }
  }
}

void AggregateInput::EncodeKeys(const RowSet& rows, uint32_t capacity) {
  std::vector<const Column*> columns;
  for (const ColumnPtr& column : key_columns_) columns.push_back(column.get());
  keys_.Encode(columns, rows, capacity);
}

const std::vector<RowSet>& AggregateInput::FilteredRows(const RowSet& rows) {
  for (size_t i = 0; i < distinct_filters_.size(); ++i) {
    filter_rows_[i].clear();
    const std::vector<uint8_t>& passes = passes_[i];
    rows.ForEach([&](RowIndex row) {
      if (passes[row] != 0) filter_rows_[i].push_back(row);
    });
  }
  filtered_.clear();
  for (int filter : filter_of_) {
    filtered_.push_back(filter < 0 ? rows : RowSet::Of(filter_rows_[static_cast<size_t>(filter)]));
  }
  return filtered_;
}

}  // namespace weir
