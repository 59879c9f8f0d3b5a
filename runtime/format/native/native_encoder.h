#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/ddl/clickhouse_type.h"
#include "runtime/format/native/native_column.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// A column of a ClickHouse table and the column of the batches that goes into it.
struct NativeTarget {
  std::string name;
  ClickhouseType type;
  int column = 0;
};

/// A row that the table can't hold.
struct NativeRefusal {
  size_t batch = 0;
  RowIndex row = 0;
  std::string message;  ///< `column price: 12345.67 does not fit Decimal(5, 2)`
};

/// Rows as blocks of ClickHouse's Native format: columns one after the other, with the table's
/// names and types (LowCardinality with a dictionary per block). One thread.
class NativeEncoder {
 public:
  /// Fails when a column's type can't go into its target; all that don't fit are named.
  static Result<std::unique_ptr<NativeEncoder>> Make(const Schema& schema,
                                                     std::vector<NativeTarget> targets);

  /// Appends one block with the selected rows of all batches. Rows with a value that the table
  /// can't hold are left out and listed. No rows: no bytes. Returns the number of rows written.
  size_t Encode(std::span<const RecordBatch> batches, std::string& out,
                std::vector<NativeRefusal>& refused);

  const std::vector<NativeTarget>& targets() const { return targets_; }

 private:
  NativeEncoder(std::vector<NativeTarget> targets, std::vector<NativeColumnPtr> columns)
      : targets_(std::move(targets)), columns_(std::move(columns)) {}

  std::vector<NativeTarget> targets_;
  std::vector<NativeColumnPtr> columns_;  ///< by target
};

}  // namespace weir
