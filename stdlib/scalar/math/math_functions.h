#pragma once

#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

/// abs, sign, floor, ceil, trunc, round: for integers, decimals and floats.
std::vector<FunctionDef> RoundingFunctions();
/// sqrt, pow, exp, ln, log10, log2, is_nan, is_finite.
std::vector<FunctionDef> FloatFunctions();
/// least, greatest, clamp.
std::vector<FunctionDef> ExtremeFunctions();
/// bit_and, bit_or, bit_xor, bit_not, shift_left, shift_right, bit_count.
std::vector<FunctionDef> BitFunctions();

const std::vector<FunctionDef>& MathFunctions();

}  // namespace weir
