#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// md5, sha1, sha256, xxh64, crc32.
const std::vector<FunctionDef>& HashFunctions();

}  // namespace weir
