#pragma once

#include "stdlib/api/function_registry.h"

namespace weir {

/// Adds every aggregate of the library. Definitions live as long as the process.
void RegisterAggregates(FunctionRegistry& registry);

}  // namespace weir
