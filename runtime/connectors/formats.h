#pragma once

#include <vector>

#include "runtime/connector/connector_spec.h"

namespace weir {

/// Options of the formats in runtime/format.
std::vector<FormatSpec> AllFormats();

}  // namespace weir
