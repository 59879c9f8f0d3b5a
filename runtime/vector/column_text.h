#pragma once

#include <string>

#include "runtime/vector/column.h"

namespace weir {

/// Appends the text of a value as `cast(x as string)` and f-strings give it: scalars as in
/// runtime/types/text.h, nested values as JSON. The row is not null.
void AppendColumnText(const Column& column, RowIndex row, std::string& out);

/// Appends the value as JSON (semantics.md, "JSON out"); null is `null`.
void AppendColumnJson(const Column& column, RowIndex row, std::string& out);

/// A value for error messages: as text, `null`, long ones cut.
std::string ColumnText(const Column& column, RowIndex row);

/// `text` in quotes and cut to a length that suits a message.
std::string QuotedForMessage(std::string_view text);

}  // namespace weir
