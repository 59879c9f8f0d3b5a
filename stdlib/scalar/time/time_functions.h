#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// now, and parts of times and durations: date, hour, day_of_week, minutes …
const std::vector<FunctionDef>& TimePartFunctions();
/// Whole units since 1970, from and to text, truncation: truncate_time, unix_seconds, format_time …
const std::vector<FunctionDef>& TimeConversionFunctions();

}  // namespace weir
