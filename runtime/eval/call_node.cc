#include <fmt/format.h>

#include "runtime/base/check.h"
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

class CallNode final : public EvalNode {
 public:
  CallNode(const plan::Expr& expr, EvalNodes children, std::shared_ptr<const void> bound)
      : EvalNode(expr.type),
        children_(std::move(children)),
        columns_(children_.size()),
        arguments_(children_.size()),
        kernel_(expr.overload->kernel),
        propagates_nulls_(expr.function->nulls == NullPolicy::kPropagate),
        bound_(std::move(bound)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    for (size_t i = 0; i < children_.size(); ++i) {
      columns_[i] = children_[i]->Eval(context, live_.rows());
      arguments_[i] = columns_[i].get();
      live_.DropFailed(*context.errors);
      if (propagates_nulls_) live_.DropNulls(*columns_[i]);
    }
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    if (!live_.rows().empty()) {
      KernelContext kernel_context(*context.errors, context.input.now, bound_.get());
      kernel_(kernel_context, arguments_, live_.rows(), *out);
    }
    for (RowIndex row : live_.nulls()) out->SetNull(row);
    for (ColumnPtr& column : columns_) column.reset();
    return out;
  }

 private:
  EvalNodes children_;
  std::vector<ColumnPtr> columns_;
  std::vector<const Column*> arguments_;
  ScalarKernel kernel_;
  bool propagates_nulls_;
  std::shared_ptr<const void> bound_;
  LiveRows live_;
};

}  // namespace

Result<EvalNodePtr> MakeCallNode(const plan::Expr& expr, EvalNodes children,
                                 const std::vector<const Value*>& constants) {
  WEIR_CHECK(expr.overload->kernel != nullptr, "{} has no kernel", expr.function->name);
  std::shared_ptr<const void> bound;
  if (expr.overload->bind != nullptr) {
    auto result = expr.overload->bind(constants);
    if (!result.ok()) return result.status().WithContext(expr.function->name);
    bound = *std::move(result);
  }
  return EvalNodePtr(std::make_unique<CallNode>(expr, std::move(children), std::move(bound)));
}

}  // namespace weir
