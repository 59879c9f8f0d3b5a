// and, or, not, is null. On optional operands the logic is Kleene's: null where the other side
// doesn't decide.
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

/// `and` with deciding value 0, `or` with deciding value 1: the right side is evaluated only for
/// rows where the left is something else.
template <uint8_t kDecides>
class ShortCircuitNode final : public EvalNode {
 public:
  ShortCircuitNode(const plan::Expr& expr, EvalNodes children)
      : EvalNode(expr.type), left_(std::move(children[0])), right_(std::move(children[1])) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    ColumnPtr left = left_->Eval(context, rows);
    live_.DropFailed(*context.errors);
    ColumnView<uint8_t> a(*left);
    open_.clear();
    live_.rows().ForEach([&](RowIndex row) {
      if (a.IsNull(row) || (a[row] != 0) != (kDecides != 0)) open_.push_back(row);
    });
    if (open_.empty()) return left;
    ColumnPtr right = right_->Eval(context, RowSet::Of(open_));
    if (!left->has_nulls() && open_.size() == live_.rows().count()) return right;
    return Combine(context, a, *right);
  }

  void Select(EvalContext& context, const RowSet& rows, RowIndices& selected) override {
    // A null on the left must still reach the right side, which may fail.
    if (kDecides != 0 || left_->type().optional()) {
      EvalNode::Select(context, rows, selected);
      return;
    }
    open_.clear();
    left_->Select(context, rows, open_);
    right_->Select(context, RowSet::Of(open_), selected);
  }

 private:
  ColumnPtr Combine(EvalContext& context, const ColumnView<uint8_t>& left, const Column& right) {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* values = out->mutable_data<uint8_t>();
    live_.rows().ForEach([&](RowIndex row) { values[row] = kDecides; });
    ColumnView<uint8_t> b(right);
    for (RowIndex row : open_) {
      bool right_decides = !b.IsNull(row) && (b[row] != 0) == (kDecides != 0);
      values[row] = right_decides ? kDecides : 1 - kDecides;
      if (!right_decides && (left.IsNull(row) || b.IsNull(row))) out->SetNull(row);
    }
    return out;
  }

  EvalNodePtr left_, right_;
  LiveRows live_;
  RowIndices open_;
};

class NotNode final : public StrictNode {
 public:
  using StrictNode::StrictNode;

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    ColumnView<uint8_t> values(*arguments[0]);
    uint8_t* target = out->mutable_data<uint8_t>();
    rows.ForEach([&](RowIndex row) { target[row] = values[row] == 0; });
    return out;
  }
};

class IsNullNode final : public EvalNode {
 public:
  IsNullNode(const plan::Expr& expr, EvalNodePtr child)
      : EvalNode(expr.type), child_(std::move(child)), negated_(expr.negated) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    ColumnPtr column = child_->Eval(context, rows);
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* target = out->mutable_data<uint8_t>();
    rows.ForEach([&](RowIndex row) { target[row] = column->IsNull(row) != negated_; });
    return out;
  }

 private:
  EvalNodePtr child_;
  bool negated_;
};

}  // namespace

EvalNodePtr MakeAndNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<ShortCircuitNode<0>>(expr, std::move(children));
}

EvalNodePtr MakeOrNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<ShortCircuitNode<1>>(expr, std::move(children));
}

EvalNodePtr MakeNotNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<NotNode>(expr.type, std::move(children));
}

EvalNodePtr MakeIsNullNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<IsNullNode>(expr, std::move(children[0]));
}

}  // namespace weir
