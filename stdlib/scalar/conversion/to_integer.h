#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// to_int8 … to_int64, to_uint8 … to_uint64.
std::vector<FunctionDef> ToIntegerFunctions();

}  // namespace weir
