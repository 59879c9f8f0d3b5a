#pragma once

#include <string>
#include <string_view>

#include "runtime/types/schema.h"

namespace weir {

/// ClickHouse's type for values of ours as they stand in JSON. Durations are their text; bytes
/// stay in base64; a list, map or struct that is absent is an empty one.
std::string ViewColumnType(const DataType& type);

/// `name` Type, … as in CREATE TABLE.
std::string ViewColumns(const Schema& schema);

/// In backquotes.
std::string QuoteName(std::string_view name);

}  // namespace weir
