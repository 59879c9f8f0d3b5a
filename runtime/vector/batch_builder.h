#pragma once

#include <memory>
#include <vector>

#include "runtime/vector/record_batch.h"

namespace weir {

/// Appends rows of columns of one type into a new flat column; stays constant while every appended
/// range is the same constant. Strings are views: their owners are kept, or, when `copy_strings`,
/// their bytes are copied so that a few rows don't pin a large buffer.
class ColumnGather {
 public:
  ColumnGather(DataType type, bool copy_strings);
  ~ColumnGather();
  ColumnGather(ColumnGather&&) noexcept;

  /// `column` may be null (absent hidden column): appends nulls.
  void Append(const Column* column, const RowSet& rows);
  void AppendValue(const Value& value);
  uint32_t size() const;
  /// The column built so far; the gather is empty afterwards.
  ColumnPtr Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Collects rows of batches of one schema into a new compact batch: exchange, Compact, outputs of
/// stateful operators.
class BatchBuilder {
 public:
  explicit BatchBuilder(SchemaPtr schema, bool keep_payload = false, bool copy_strings = true);

  /// Rows of `batch` (of the same schema), hidden columns included.
  void Append(const RecordBatch& batch, const RowSet& rows);
  uint32_t num_rows() const { return num_rows_; }
  size_t approximate_bytes() const { return bytes_; }
  bool empty() const { return num_rows_ == 0; }
  RecordBatch Finish();

 private:
  SchemaPtr schema_;
  bool keep_payload_;
  std::vector<ColumnGather> columns_;
  std::vector<ColumnGather> hidden_;
  std::vector<bool> hidden_present_;
  uint32_t num_rows_ = 0;
  size_t bytes_ = 0;
  bool copy_strings_;
};

}  // namespace weir
