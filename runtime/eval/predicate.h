#pragma once

#include <memory>

#include "runtime/eval/evaluator.h"

namespace weir {

/// A compiled condition (type bool, or bool? where null counts as false). One thread.
class Predicate {
 public:
  static Result<std::unique_ptr<Predicate>> Compile(const plan::ExprPtr& condition);

  /// Appends the rows of `rows` for which the condition is true to `selected`, in order. Failing
  /// rows are in `errors` and not selected.
  void Select(const EvalInput& input, const RowSet& rows, RowErrors& errors, RowIndices& selected);

  const plan::ExprPtr& expr() const { return evaluator_->expr(); }

 private:
  explicit Predicate(std::unique_ptr<Evaluator> evaluator) : evaluator_(std::move(evaluator)) {}

  std::unique_ptr<Evaluator> evaluator_;
};

}  // namespace weir
