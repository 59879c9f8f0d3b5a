// IEEE 754: no row fails, division by zero gives an infinity.
#include "runtime/eval/checked_arithmetic.h"
#include "runtime/eval/nodes.h"
#include "runtime/eval/operands.h"

namespace weir {
namespace {

class FloatArithNode final : public StrictNode {
 public:
  FloatArithNode(const plan::Expr& expr, EvalNodes children)
      : StrictNode(expr.type, std::move(children)), op_(expr.arith) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    double* values = out->mutable_data<double>();
    WithArithOp(op_, [&]<typename Op>(Op) {
      WithOperands<double>(*arguments[0], *arguments[1], [&](auto left, auto right) {
        rows.ForEach([&](RowIndex row) { values[row] = Op::Apply(left[row], right[row]); });
      });
    });
    if (type().is(TypeKind::kFloat32)) Round(rows, values);
    return out;
  }

 private:
  static void Round(const RowSet& rows, double* values) {
    rows.ForEach(
        [&](RowIndex row) { values[row] = static_cast<double>(static_cast<float>(values[row])); });
  }

  plan::ArithOp op_;
};

}  // namespace

EvalNodePtr MakeFloatArithNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<FloatArithNode>(expr, std::move(children));
}

}  // namespace weir
