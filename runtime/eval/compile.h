#pragma once

#include "compiler/plan/expr.h"
#include "runtime/base/result.h"
#include "runtime/eval/eval_node.h"

namespace weir {

/// The node tree of an expression. Constant parts are computed once, here; one that fails stays, so
/// that the rows that need it fail.
Result<EvalNodePtr> CompileExpr(const plan::Expr& expr);

/// The value of a node of a constant expression; fails with the message of the row's error.
Result<Value> ComputeConstant(EvalNode& node);

}  // namespace weir
