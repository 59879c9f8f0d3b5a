#pragma once

#include <string>
#include <string_view>

#include "compiler/plan/expr.h"
#include "stdlib/api/kernel_context.h"

namespace weir {

std::string_view ArithSymbol(plan::ArithOp op);

/// Reports why `left op right` has no result: `2147483647 + 1 is out of range for int32`.
void FailArith(RowErrors& errors, RowIndex row, plan::ArithOp op, const Column& left,
               const Column& right, const DataType& type);

}  // namespace weir
