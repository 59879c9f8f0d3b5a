#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "runtime/vector/column_gather.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// Collects rows of batches of one schema into a new compact batch: exchange, Compact, outputs of
/// stateful operators.
class BatchBuilder {
 public:
  explicit BatchBuilder(SchemaPtr schema, bool keep_payload = false, bool copy_strings = true);

  /// Rows of `batch` (of the same schema), hidden columns included.
  void Append(const RecordBatch& batch, const RowSet& rows);
  uint32_t num_rows() const { return num_rows_; }
  /// Bytes of the values appended so far, those of strings included.
  size_t approximate_bytes() const { return bytes_; }
  bool empty() const { return num_rows_ == 0; }
  RecordBatch Finish();

 private:
  SchemaPtr schema_;
  bool keep_payload_;
  std::vector<ColumnGather> columns_;
  std::vector<ColumnGather> hidden_;
  std::array<bool, kNumHiddenColumns> hidden_present_{};
  uint32_t num_rows_ = 0;
  size_t bytes_ = 0;
  bool copy_strings_;
};

}  // namespace weir
