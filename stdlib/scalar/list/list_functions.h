#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// length (also of texts and bytes), first_of, last_of, slice, distinct, sort.
const std::vector<FunctionDef>& ListFunctions();

}  // namespace weir
