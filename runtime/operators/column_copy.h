#pragma once

#include "runtime/vector/column.h"

namespace weir {

/// Copies values of `rows` from one column into a flat one of the same physical form, nulls
/// included. Strings are copied as views; the target keeps their owners.
void CopyRows(const ColumnPtr& source, const RowSet& rows, Column& target);

/// A flat copy of `rows` of a column (positions kept) that shares no string bytes with it.
MutableColumnPtr DeepCopyRows(const ColumnPtr& source, const RowSet& rows);

}  // namespace weir
