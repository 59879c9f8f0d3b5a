#pragma once

#include <string>
#include <vector>

#include "runtime/types/data_type.h"

namespace weir {

/// A table that does not exist yet.
struct TableSketch {
  struct Column {
    std::string name;
    DataType type;
    std::string doc;
  };
  std::string name;
  std::string doc;
  std::vector<Column> columns;
  /// Columns to sort by, the most important first; those that may be null are left out.
  std::vector<std::string> order_by;
  bool replacing = false;  ///< rows with the same `order_by` replace each other
  std::string guessed;     ///< why `order_by` is only a guess; "" when the program says it
};

/// CREATE TABLE for ClickHouse, with the type that keeps every value, comments from docs.
std::string CreateTableText(const TableSketch& table);

}  // namespace weir
