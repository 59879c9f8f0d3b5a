#pragma once

#include "runtime/base/int128.h"
#include "runtime/vector/column.h"

namespace weir {

/// Unscaled value of an integer or decimal of any width.
inline Int128 ReadExact(const Column& column, RowIndex row) {
  switch (column.type().physical()) {
    case Physical::kUInt64: return ColumnView<uint64_t>(column)[row];
    case Physical::kInt128: return ColumnView<Int128>(column)[row];
    default: return ColumnView<int64_t>(column)[row];
  }
}

/// The nearest double of an unscaled decimal: correctly rounded.
double DecimalToDouble(Int128 unscaled, int scale);

/// Any number as a double, rounded where it has to be.
inline double ReadDouble(const Column& column, RowIndex row) {
  if (column.type().physical() == Physical::kFloat64) return ColumnView<double>(column)[row];
  if (column.type().is_decimal()) {
    return DecimalToDouble(ReadExact(column, row), column.type().scale());
  }
  return static_cast<double>(ReadExact(column, row));
}

}  // namespace weir
