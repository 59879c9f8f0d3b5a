#include "runtime/eval/predicate.h"

namespace weir {

Result<std::unique_ptr<Predicate>> Predicate::Compile(const plan::ExprPtr& condition) {
  if (!condition->type.is(TypeKind::kBool)) {
    return InternalError("{} is a {}, not a condition", condition->ToString(),
                         condition->type.ToString());
  }
  WEIR_ASSIGN(std::unique_ptr<Evaluator> evaluator, Evaluator::Compile(condition));
  return std::unique_ptr<Predicate>(new Predicate(std::move(evaluator)));
}

void Predicate::Select(const EvalInput& input, const RowSet& rows, RowErrors& errors,
                       RowIndices& selected) {
  evaluator_->Select(input, rows, errors, selected);
}

}  // namespace weir
