#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// uuid5, random_uuid, nil_uuid.
const std::vector<FunctionDef>& UuidFunctions();

}  // namespace weir
