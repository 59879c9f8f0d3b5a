#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/eval/evaluator.h"
#include "runtime/eval/predicate.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// Evaluates what an aggregate stage needs of a batch: keys, arguments, filters. Identical filters
/// and arguments are evaluated once. Reused from batch to batch; one thread.
class AggregateInput {
 public:
  explicit AggregateInput(const plan::AggregateNode& node);
  Status Open();

  /// Keys and arguments of `rows`; failing rows are in `errors`.
  void Evaluate(const RecordBatch& batch, const RowSet& rows, Micros now, RowErrors& errors);
  /// Keys as bytes; call with the rows that remain.
  void EncodeKeys(const RowSet& rows, uint32_t capacity);
  /// Rows of `rows` that each call's filter lets through; valid until the next call.
  const std::vector<RowSet>& FilteredRows(const RowSet& rows);

  const KeyEncoder& keys() const { return keys_; }
  const std::vector<std::vector<const Column*>>& arguments() const { return arguments_; }
  const std::vector<ColumnPtr>& key_columns() const { return key_columns_; }

 private:
  const plan::AggregateNode& node_;
  KeyEncoder keys_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  std::vector<std::unique_ptr<Evaluator>> distinct_arguments_;
  std::vector<std::vector<size_t>> argument_of_;  ///< by call: indices into distinct_arguments_
  std::vector<std::unique_ptr<Predicate>> distinct_filters_;
  std::vector<int> filter_of_;  ///< by call; -1: none

  std::vector<ColumnPtr> key_columns_;
  std::vector<ColumnPtr> argument_columns_;
  std::vector<std::vector<const Column*>> arguments_;
  std::vector<std::vector<uint8_t>> passes_;  ///< by filter, by row
  std::vector<RowIndices> filter_rows_;       ///< scratch by filter
  std::vector<RowSet> filtered_;
};

}  // namespace weir
