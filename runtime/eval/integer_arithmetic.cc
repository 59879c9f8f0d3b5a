#include "runtime/eval/arith_text.h"
#include "runtime/eval/checked_arithmetic.h"
#include "runtime/eval/integer_range.h"
#include "runtime/eval/nodes.h"
#include "runtime/eval/operands.h"

namespace weir {
namespace {

/// Whether a result fits the declared type; narrow types compute in 64 bits.
struct FitsRange {
  IntegerRange range;
  bool operator()(int64_t value) const { return (value >= range.min) & (value <= range.max); }
  bool operator()(uint64_t) const { return true; }
};

template <typename T>
class IntegerArithNode final : public StrictNode {
 public:
  IntegerArithNode(const plan::Expr& expr, EvalNodes children)
      : StrictNode(expr.type, std::move(children)), op_(expr.arith) {
    if (std::is_signed_v<T>) fits_.range = IntegerRange::Of(expr.type);
  }

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    WithArithOp(op_, [&]<typename Op>(Op) {
      WithOperands<T>(*arguments[0], *arguments[1], [&](auto left, auto right) {
        if (!Loop<Op>(left, right, rows, out->template mutable_data<T>())) {
          ReportFailures<Op>(*arguments[0], *arguments[1], rows, *context.errors);
        }
      });
    });
    return out;
  }

 private:
  /// False when a row has no result; which one is asked only then.
  template <typename Op, typename Left, typename Right>
  bool Loop(Left left, Right right, const RowSet& rows, T* out) const {
    bool all = true;
    FitsRange fits = fits_;
    rows.ForEach([&](RowIndex row) {
      T value;
      bool good = Op::Apply(left[row], right[row], &value);
      all &= good & fits(value);
      out[row] = value;
    });
    return all;
  }

  template <typename Op>
  void ReportFailures(const Column& left, const Column& right, const RowSet& rows,
                      RowErrors& errors) const {
    ColumnView<T> a(left), b(right);
    rows.ForEach([&](RowIndex row) {
      T value;
      if (Op::Apply(a[row], b[row], &value) && fits_(value)) return;
      FailArith(errors, row, op_, left, right, type());
    });
  }

  plan::ArithOp op_;
  FitsRange fits_;
};

}  // namespace

EvalNodePtr MakeIntegerArithNode(const plan::Expr& expr, EvalNodes children) {
  if (expr.type.physical() == Physical::kUInt64) {
    return std::make_unique<IntegerArithNode<uint64_t>>(expr, std::move(children));
  }
  return std::make_unique<IntegerArithNode<int64_t>>(expr, std::move(children));
}

}  // namespace weir
