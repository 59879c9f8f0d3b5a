#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/expr.h"

namespace weir {

/// What one expression gives for one row: a value, or a failure. Written for tests only, a row at a
/// time and as plainly as possible, to judge the vectorized evaluator. Knows int64, bool and
/// string.
struct RowResult {
  bool failed = false;
  Value value;
};

class RowInterpreter {
 public:
  explicit RowInterpreter(std::vector<Value> row) : row_(std::move(row)) {}
  RowResult Eval(const plan::Expr& expr);

 private:
  RowResult Arith(const plan::Expr& expr);
  RowResult Compare(const plan::Expr& expr);
  RowResult Logic(const plan::Expr& expr);
  RowResult Branch(const plan::Expr& expr);
  RowResult Case(const plan::Expr& expr);
  RowResult Cast(const plan::Expr& expr);

  std::vector<Value> row_;
  Value subject_;
};

}  // namespace weir
