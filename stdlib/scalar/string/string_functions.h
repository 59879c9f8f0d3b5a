#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// lower, upper, trim …, substring, truncate, replace, split, join, concat, lpad, position …
/// Positions and lengths count code points, from 0.
const std::vector<FunctionDef>& StringFunctions();
/// regex_extract, regex_replace.
const std::vector<FunctionDef>& RegexFunctions();

}  // namespace weir
