#pragma once

#include "stdlib/api/function_registry.h"

namespace weir {

/// Adds every scalar function of the library. Definitions live as long as the process.
void RegisterScalarFunctions(FunctionRegistry& registry);

}  // namespace weir
