#include "runtime/eval/evaluator.h"

#include "runtime/eval/compile.h"

namespace weir {

Evaluator::Evaluator(plan::ExprPtr expr, std::unique_ptr<EvalNode> root)
    : expr_(std::move(expr)), root_(std::move(root)) {}

Evaluator::~Evaluator() = default;

Result<std::unique_ptr<Evaluator>> Evaluator::Compile(const plan::ExprPtr& expr) {
  WEIR_ASSIGN(EvalNodePtr root, CompileExpr(*expr));
  return std::unique_ptr<Evaluator>(new Evaluator(expr, std::move(root)));
}

ColumnPtr Evaluator::Evaluate(const EvalInput& input, const RowSet& rows, RowErrors& errors) {
  EvalContext context{input, &errors, nullptr};
  ColumnPtr column = root_->Eval(context, rows);
  if (column->type() == expr_->type || column->type().physical() != expr_->type.physical()) {
    return column;
  }
  return Column::Retype(column, expr_->type);
}

void Evaluator::Select(const EvalInput& input, const RowSet& rows, RowErrors& errors,
                       RowIndices& selected) {
  EvalContext context{input, &errors, nullptr};
  root_->Select(context, rows, selected);
}

}  // namespace weir
