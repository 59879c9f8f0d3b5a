#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// to_string, to_int8 … to_uint64, to_float, to_decimal, to_bool.
const std::vector<FunctionDef>& ConversionFunctions();

}  // namespace weir
