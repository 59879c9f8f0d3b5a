#pragma once

#include <vector>

#include "compiler/plan/expr.h"

namespace weir {

inline std::vector<DataType> TypesOf(const std::vector<plan::ExprPtr>& exprs) {
  std::vector<DataType> types;
  types.reserve(exprs.size());
  for (const plan::ExprPtr& expr : exprs) types.push_back(expr->type);
  return types;
}

}  // namespace weir
