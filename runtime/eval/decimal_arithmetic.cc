#include "runtime/eval/arith_text.h"
#include "runtime/eval/checked_arithmetic.h"
#include "runtime/eval/decimal_compute.h"
#include "runtime/eval/nodes.h"
#include "runtime/eval/operands.h"
#include "runtime/types/decimal.h"

namespace weir {
namespace {

using plan::ArithOp;

/// Sums, differences and products of which operands and result fit 18 digits, with a scale that
/// needs no rounding: machine integers, and by the types nothing can overflow.
class SmallDecimalNode final : public StrictNode {
 public:
  SmallDecimalNode(const plan::Expr& expr, const DecimalOperation& operation, EvalNodes children)
      : StrictNode(expr.type, std::move(children)), op_(expr.arith) {
    bool product = op_ == ArithOp::kMultiply;
    left_factor_ = Factor(operation.result_scale - operation.left_scale, product);
    right_factor_ = Factor(operation.result_scale - operation.right_scale, product);
  }

  static bool Fits(const DecimalOperation& operation, const plan::Expr& expr) {
    auto small = [](const DataType& type) { return type.physical() == Physical::kInt64; };
    const DataType& left = expr.children[0]->type;
    const DataType& right = expr.children[1]->type;
    if (!small(expr.type) || !small(left) || !small(right)) return false;
    auto integral = [](const DataType& type) { return type.precision() - type.scale(); };
    int have = integral(expr.type);
    switch (operation.op) {
      case ArithOp::kAdd:
      case ArithOp::kSubtract:
        return operation.result_scale >= std::max(left.scale(), right.scale()) &&
               have > std::max(integral(left), integral(right));
      case ArithOp::kMultiply:
        return operation.result_scale == left.scale() + right.scale() &&
               have >= integral(left) + integral(right);
      default: return false;
    }
  }

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    int64_t* values = out->mutable_data<int64_t>();
    int64_t f = left_factor_, g = right_factor_;
    WithOperands<int64_t>(*arguments[0], *arguments[1], [&](auto a, auto b) {
      switch (op_) {
        case ArithOp::kAdd:
          rows.ForEach([&](RowIndex row) { values[row] = a[row] * f + b[row] * g; });
          break;
        case ArithOp::kSubtract:
          rows.ForEach([&](RowIndex row) { values[row] = a[row] * f - b[row] * g; });
          break;
        default: rows.ForEach([&](RowIndex row) { values[row] = a[row] * b[row]; }); break;
      }
    });
    return out;
  }

 private:
  static int64_t Factor(int digits, bool product) {
    return product ? 1 : static_cast<int64_t>(PowerOfTen(digits));
  }

  ArithOp op_;
  int64_t left_factor_ = 1, right_factor_ = 1;
};

class DecimalArithNode final : public StrictNode {
 public:
  DecimalArithNode(const plan::Expr& expr, const DecimalOperation& operation, EvalNodes children)
      : StrictNode(expr.type, std::move(children)), operation_(operation) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    bool small_left = arguments[0]->type().physical() == Physical::kInt64;
    bool small_right = arguments[1]->type().physical() == Physical::kInt64;
    auto loop = [&]<typename L, typename R>(L, R) {
      if (type().physical() == Physical::kInt64) {
        Loop<L, R, int64_t>(context, arguments, rows, *out);
      } else {
        Loop<L, R, Int128>(context, arguments, rows, *out);
      }
    };
    if (small_left) {
      small_right ? loop(int64_t{}, int64_t{}) : loop(int64_t{}, Int128{});
    } else {
      small_right ? loop(Int128{}, int64_t{}) : loop(Int128{}, Int128{});
    }
    return out;
  }

 private:
  template <typename L, typename R, typename Out>
  void Loop(EvalContext& context, const std::vector<ColumnPtr>& arguments, const RowSet& rows,
            Column& out) {
    ColumnView<L> left(*arguments[0]);
    ColumnView<R> right(*arguments[1]);
    Out* values = out.mutable_data<Out>();
    rows.ForEach([&](RowIndex row) {
      Int128 value;
      if (!operation_.Apply(left[row], right[row], &value)) [[unlikely]] {
        FailArith(*context.errors, row, operation_.op, *arguments[0], *arguments[1], type());
        value = 0;
      }
      values[row] = static_cast<Out>(value);
    });
  }

  DecimalOperation operation_;
};

}  // namespace

EvalNodePtr MakeDecimalArithNode(const plan::Expr& expr, EvalNodes children) {
  DecimalOperation operation{expr.arith, children[0]->type().scale(), children[1]->type().scale(),
                             expr.type.precision(), expr.type.scale()};
  if (expr.children[0]->type.is_decimal() && expr.children[1]->type.is_decimal() &&
      SmallDecimalNode::Fits(operation, expr)) {
    return std::make_unique<SmallDecimalNode>(expr, operation, std::move(children));
  }
  return std::make_unique<DecimalArithNode>(expr, operation, std::move(children));
}

}  // namespace weir
