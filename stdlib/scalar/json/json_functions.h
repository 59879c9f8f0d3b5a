#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// to_json, parse_json, json_get, json_keys, json_length, json_type.
const std::vector<FunctionDef>& JsonFunctions();

}  // namespace weir
