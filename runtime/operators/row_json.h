#pragma once

#include <string>

#include "runtime/vector/record_batch.h"

namespace weir {

/// Appends one row as a JSON object, nulls omitted. One value at a time: for dead letters, views
/// and refused rows, not for sinks.
void AppendRowJson(const RecordBatch& batch, RowIndex row, std::string& out);

}  // namespace weir
