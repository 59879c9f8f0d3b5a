#pragma once

#include <string>

#include "runtime/vector/column.h"

namespace weir {

/// Appends the one text form that a value has everywhere (casts, f-strings, sinks); nested values
/// as JSON. The row is not null.
void AppendCanonicalText(const Column& column, RowIndex row, std::string& out);

/// Appends the value as JSON; null is `null`.
void AppendCanonicalJson(const Column& column, RowIndex row, std::string& out);

}  // namespace weir
