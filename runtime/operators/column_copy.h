#pragma once

#include "runtime/vector/record_batch.h"

namespace weir {

/// Copies values of `rows` from one column into a flat one of the same physical form, nulls
/// included. Strings are copied as views; the target keeps their owners.
void CopyRows(const ColumnPtr& source, const RowSet& rows, Column& target);

/// A flat copy of `rows` of a column (positions kept) that shares no string bytes with it.
MutableColumnPtr DeepCopyRows(const ColumnPtr& source, const RowSet& rows);

/// Values at `rows` as rows 0, 1, … of a new column; null for an absent column. Strings stay views,
/// elements of lists are shared, constants stay constant.
ColumnPtr GatherRows(const ColumnPtr& column, const RowIndices& rows);
HiddenColumns GatherHiddenRows(const HiddenColumns& hidden, const RowIndices& rows);

}  // namespace weir
