#pragma once

#include <functional>
#include <vector>

#include "compiler/plan/expr.h"

namespace weir::plan {

/// Calls `visit` unless the expression is absent.
inline void VisitExpr(ExprPtr& expr, const std::function<void(ExprPtr&)>& visit) {
  if (expr) visit(expr);
}

inline void VisitAll(std::vector<ExprPtr>& exprs, const std::function<void(ExprPtr&)>& visit) {
  for (ExprPtr& expr : exprs) VisitExpr(expr, visit);
}

}  // namespace weir::plan
