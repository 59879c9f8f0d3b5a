#pragma once

#include <memory>

#include "compiler/plan/expr.h"
#include "runtime/base/result.h"
#include "runtime/eval/eval_input.h"
#include "stdlib/api/kernel_context.h"

namespace weir {

class EvalNode;

/// Compiled form of one Expr for one worker: owns scratch, compiled patterns and bound function
/// state. Used by one thread at a time; any number can be made from one Expr.
class Evaluator {
 public:
  /// Fails only where something that the type checker can't see is wrong with a constant (a pattern
  /// that RE2 refuses, a function whose `bind` refuses its arguments), or where the type checker
  /// let through something that has no meaning.
  static Result<std::unique_ptr<Evaluator>> Compile(const plan::ExprPtr& expr);
  ~Evaluator();

  /// Type of the expression; the column's physical form follows it.
  const DataType& type() const { return expr_->type; }
  const plan::ExprPtr& expr() const { return expr_; }

  /// Values for `rows`, each at its own position in a column of length `input.capacity`; other
  /// positions are unspecified but initialised. The column may be one of the input's own, or
  /// constant. A row that fails is added to `errors` (once or more) and its value is unspecified.
  /// Rows that already have an error in `errors` are evaluated all the same: take them away first.
  ColumnPtr Evaluate(const EvalInput& input, const RowSet& rows, RowErrors& errors);

  /// Of a bool: see Predicate.
  void Select(const EvalInput& input, const RowSet& rows, RowErrors& errors, RowIndices& selected);

 private:
  Evaluator(plan::ExprPtr expr, std::unique_ptr<EvalNode> root);

  plan::ExprPtr expr_;
  std::unique_ptr<EvalNode> root_;
};

}  // namespace weir
