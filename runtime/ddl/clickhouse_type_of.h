#pragma once

#include <string>

#include "runtime/types/data_type.h"

namespace weir {

/// The ClickHouse type that keeps every value of `type`: timestamp is `DateTime64(6, 'UTC')`, an
/// enum `LowCardinality(String)`, a duration `Int64` (us), json, bytes and what ClickHouse can't
/// nest (an optional list, map or struct) `String` holding the text. Optional is `Nullable(…)`.
std::string ClickhouseTypeOf(const DataType& type);

}  // namespace weir
