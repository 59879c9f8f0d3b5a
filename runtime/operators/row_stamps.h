#pragma once

#include "runtime/vector/record_batch.h"

namespace weir {

/// The watermark that each row of a batch carries: that of its partition when it was read. What is
/// too late for a row is judged by it, so that no result depends on batches or workers.
class RowStamps {
 public:
  /// Valid as long as the batch.
  explicit RowStamps(const RecordBatch& batch) : column_(batch.hidden().watermark.get()) {}
  Micros operator[](RowIndex row) const {
    return column_ == nullptr ? kMinTimestamp : ColumnView<Micros>(*column_)[row];
  }

 private:
  const Column* column_;
};

}  // namespace weir
