#include <fmt/format.h>

#include "runtime/eval/checked_arithmetic.h"
#include "runtime/eval/integer_range.h"
#include "runtime/eval/nodes.h"
#include "runtime/vector/column_text.h"

namespace weir {
namespace {

class NegateNode final : public StrictNode {
 public:
  using StrictNode::StrictNode;

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    switch (type().physical()) {
      case Physical::kFloat64: Loop<double>(*arguments[0], rows, *out); break;
      case Physical::kInt128: Loop<Int128>(*arguments[0], rows, *out); break;
      case Physical::kUInt64: Checked<uint64_t>(context, *arguments[0], rows, *out); break;
      default: Checked<int64_t>(context, *arguments[0], rows, *out); break;
    }
    return out;
  }

 private:
  template <typename T>
  static void Loop(const Column& column, const RowSet& rows, Column& out) {
    ColumnView<T> values(column);
    T* target = out.mutable_data<T>();
    rows.ForEach([&](RowIndex row) { target[row] = -values[row]; });
  }

  template <typename T>
  void Checked(EvalContext& context, const Column& column, const RowSet& rows, Column& out) {
    ColumnView<T> values(column);
    T* target = out.mutable_data<T>();
    IntegerRange range = IntegerRange::Of(type());
    rows.ForEach([&](RowIndex row) {
      bool good = SubtractOp::Apply(T{0}, values[row], &target[row]);
      if constexpr (std::is_signed_v<T>) good &= range.Contains(target[row]);
      if (good) [[likely]]
        return;
      context.errors->Add(row, RowErrorCode::kOverflow,
                          fmt::format("-({}) is out of range for {}", ColumnText(column, row),
                                      type().AsRequired().ToString()));
    });
  }
};

}  // namespace

EvalNodePtr MakeNegateNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<NegateNode>(expr.type, std::move(children));
}

}  // namespace weir
