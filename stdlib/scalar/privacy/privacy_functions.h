#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// mask_hash, mask_truncate, mask_redact: what `pii masked` does with personal columns
/// (compiler/semantic/sink_pii.cc calls them by these names).
const std::vector<FunctionDef>& PrivacyFunctions();

}  // namespace weir
