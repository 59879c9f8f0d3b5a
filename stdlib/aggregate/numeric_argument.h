#pragma once

#include <cmath>

#include "runtime/vector/column.h"

namespace weir {

/// Any numeric column (or a duration, in microseconds) as doubles, for sketches and moments.
class NumericArgument {
 public:
  explicit NumericArgument(const Column& column)
      : column_(column),
        physical_(column.type().physical()),
        unit_(column.type().is_decimal() ? std::pow(10.0, column.type().scale()) : 1.0) {}

  double operator[](RowIndex row) const {
    switch (physical_) {
      case Physical::kFloat64: return ColumnView<double>(column_)[row];
      case Physical::kUInt64: return static_cast<double>(ColumnView<uint64_t>(column_)[row]);
      case Physical::kInt128: return static_cast<double>(ColumnView<Int128>(column_)[row]) / unit_;
      default: return static_cast<double>(ColumnView<int64_t>(column_)[row]) / unit_;
    }
  }

 private:
  const Column& column_;
  Physical physical_;
  double unit_;
};

}  // namespace weir
