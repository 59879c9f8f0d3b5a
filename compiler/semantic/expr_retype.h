#pragma once

#include "compiler/plan/expr.h"

namespace weir::semantic {

/// The same node under another type of the same physical form: optionality that facts or a
/// conversion change, names of structs, an empty list that learns its element.
plan::ExprPtr Retyped(const plan::ExprPtr& expr, const DataType& type);

}  // namespace weir::semantic
