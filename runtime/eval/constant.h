#pragma once

#include "compiler/plan/expr.h"
#include "runtime/base/result.h"
#include "runtime/types/value.h"

namespace weir {

/// Whether `expr` reads no row and is the same in every run: literals and pure functions only.
bool IsConstant(const plan::Expr& expr);

/// Value of a constant expression. Fails with the row error's message (kInvalidArgument) where a
/// row would fail, or when `expr` is not constant.
Result<Value> EvaluateConstant(const plan::ExprPtr& expr);

}  // namespace weir
