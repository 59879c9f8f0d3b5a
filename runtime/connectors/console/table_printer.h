#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/value_writer.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// Rows as aligned columns. Columns only grow; the header is printed again when one has grown, and
/// every so often.
class TablePrinter {
 public:
  TablePrinter(SchemaPtr schema, bool colours);
  void Append(const RecordBatch& batch, std::string& out);

 private:
  std::string CellText(size_t column, RowIndex row);
  void AppendHeader(std::string& out);
  void AppendRow(const std::vector<std::string>& cells, bool deleted, std::string& out) const;

  SchemaPtr schema_;
  bool colours_;
  std::vector<ValueWriter> columns_;
  std::vector<size_t> widths_;
  TextWriter writer_;
  size_t rows_since_header_ = SIZE_MAX;
};

}  // namespace weir
