#pragma once

#include <string>

#include "runtime/ddl/clickhouse_type.h"
#include "runtime/types/data_type.h"

namespace weir {

/// Whether every value of a type can go into a column.
struct ColumnFit {
  enum class Kind : uint8_t {
    kFits,
    kLoses,   ///< all go in, some lose a part: microseconds, digits of a float
    kMisfit,  ///< some are refused
  };
  Kind kind = Kind::kFits;
  std::string reason;  ///< in words, for a person; empty when it fits
};

/// The mapping to ClickHouse; other databases have one of their own.
ColumnFit FitsClickhouse(const DataType& row, const ClickhouseType& column);

}  // namespace weir
