#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// parse_url, ip_truncate, is_private_ip, ip_in_cidr.
const std::vector<FunctionDef>& NetFunctions();

}  // namespace weir
