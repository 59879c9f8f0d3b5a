// Moments and durations: microseconds in 64 bits; dates count days and are scaled on the way.
#include <cmath>
#include <limits>

#include "runtime/base/clock.h"
#include "runtime/eval/arith_text.h"
#include "runtime/eval/checked_arithmetic.h"
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

using plan::ArithOp;

constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

bool IsMoment(const DataType& type) {
  return type.is(TypeKind::kTimestamp) || type.is(TypeKind::kDate);
}

int64_t FloorDivide(int64_t value, int64_t divisor) {
  int64_t quotient = value / divisor;
  return quotient - (value % divisor < 0 ? 1 : 0);
}

/// Arithmetic on int64 operands, dates given in days.
class TimeArithNode final : public StrictNode {
 public:
  TimeArithNode(const plan::Expr& expr, EvalNodes children)
      : StrictNode(expr.type, std::move(children)),
        op_(expr.arith),
        left_unit_(UnitOf(expr.children[0]->type)),
        right_unit_(UnitOf(expr.children[1]->type)),
        left_moment_(IsMoment(expr.children[0]->type)),
        right_moment_(IsMoment(expr.children[1]->type)) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    int64_t* values = out->mutable_data<int64_t>();
    ColumnView<int64_t> left(*arguments[0]), right(*arguments[1]);
    WithArithOp(op_, [&]<typename Op>(Op) {
      rows.ForEach([&](RowIndex row) {
        if (!Apply<Op>(left[row], right[row], &values[row])) [[unlikely]] {
          FailArith(*context.errors, row, op_, *arguments[0], *arguments[1], type());
        }
      });
    });
    return out;
  }

 private:
  static int64_t UnitOf(const DataType& type) {
    return type.is(TypeKind::kDate) ? kMicrosPerDay : 1;
  }

  template <typename Op>
  bool Apply(int64_t left, int64_t right, int64_t* out) const {
    int64_t a = 0, b = 0;
    if (!MultiplyOp::Apply(left, left_unit_, &a) || !MultiplyOp::Apply(right, right_unit_, &b)) {
      *out = 0;
      return false;
    }
    if (!Op::Apply(a, b, out) && !Saturate(a, b, out)) {
      *out = 0;
      return false;
    }
    if (type().is(TypeKind::kDate)) *out = FloorDivide(*out, kMicrosPerDay);
    return true;
  }

  /// The sentinels (no watermark yet, end of time) are infinitely far from every moment and stay
  /// where they are.
  bool Saturate(int64_t a, int64_t b, int64_t* out) const {
    if (left_moment_ && right_moment_) {
      *out = a < b ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
      return true;
    }
    int64_t moment = left_moment_ ? a : b;
    *out = moment;
    return (left_moment_ || right_moment_) && (moment == kMinTimestamp || moment == kMaxTimestamp);
  }

  ArithOp op_;
  int64_t left_unit_, right_unit_;
  bool left_moment_, right_moment_;
};

double AsDouble(const Column& column, RowIndex row) {
  if (column.type().physical() == Physical::kFloat64) return ColumnView<double>(column)[row];
  return static_cast<double>(ColumnView<int64_t>(column)[row]);
}

/// With a float operand or result: duration * 1.5e0, duration / duration as a ratio.
class FloatTimeNode final : public StrictNode {
 public:
  FloatTimeNode(const plan::Expr& expr, EvalNodes children)
      : StrictNode(expr.type, std::move(children)), op_(expr.arith) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    rows.ForEach([&](RowIndex row) {
      double a = AsDouble(*arguments[0], row), b = AsDouble(*arguments[1], row);
      double value = 0;
      WithArithOp(op_, [&]<typename Op>(Op) { value = Op::Apply(a, b); });
      if (type().is_float()) {
        out->mutable_data<double>()[row] = value;
      } else if (std::abs(value) < 0x1p63) {
        out->mutable_data<int64_t>()[row] = std::llround(value);
      } else {
        FailArith(*context.errors, row, op_, *arguments[0], *arguments[1], type());
      }
    });
    return out;
  }

 private:
  ArithOp op_;
};

}  // namespace

EvalNodePtr MakeTimeArithNode(const plan::Expr& expr, EvalNodes children) {
  bool floats = expr.type.is_float();
  for (const auto& child : children) floats |= child->type().is_float();
  if (floats) return std::make_unique<FloatTimeNode>(expr, std::move(children));
  return std::make_unique<TimeArithNode>(expr, std::move(children));
}

}  // namespace weir
