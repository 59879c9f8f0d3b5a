#include "runtime/eval/comparison.h"
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

using plan::CompareOp;

/// < <= > >=: null in, null out.
class OrderNode final : public StrictNode {
 public:
  OrderNode(const plan::Expr& expr, EvalNodes children, Comparison comparison)
      : StrictNode(expr.type, std::move(children)), comparison_(std::move(comparison)) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    comparison_.Run(*arguments[0], *arguments[1], rows, out->mutable_data<uint8_t>());
    return out;
  }

 private:
  Comparison comparison_;
};

/// == and != are total: null equals null and nothing else.
class EqualityNode final : public EvalNode {
 public:
  EqualityNode(const plan::Expr& expr, EvalNodes children, Comparison comparison)
      : EvalNode(expr.type),
        children_(std::move(children)),
        comparison_(std::move(comparison)),
        negated_(expr.compare == CompareOp::kNotEqual) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    ColumnPtr left = children_[0]->Eval(context, live_.rows());
    live_.DropFailed(*context.errors);
    ColumnPtr right = children_[1]->Eval(context, live_.rows());
    live_.DropFailed(*context.errors);
    live_.DropNulls(*left);
    live_.DropNulls(*right);
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* values = out->mutable_data<uint8_t>();
    comparison_.Run(*left, *right, live_.rows(), values);
    for (RowIndex row : live_.nulls()) {
      values[row] = (left->IsNull(row) && right->IsNull(row)) != negated_;
    }
    return out;
  }

 private:
  EvalNodes children_;
  Comparison comparison_;
  bool negated_;
  LiveRows live_;
};

/// value in low..high, both ends included.
class InRangeNode final : public StrictNode {
 public:
  InRangeNode(const plan::Expr& expr, EvalNodes children, Comparison low, Comparison high)
      : StrictNode(expr.type, std::move(children)),
        low_(std::move(low)),
        high_(std::move(high)),
        negated_(expr.negated) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* values = out->mutable_data<uint8_t>();
    below_.resize(context.capacity());
    uint8_t* below = below_.data();
    low_.Run(*arguments[0], *arguments[1], rows, values);
    high_.Run(*arguments[0], *arguments[2], rows, below);
    uint8_t flip = negated_ ? 1 : 0;
    rows.ForEach([&](RowIndex row) {
      values[row] = static_cast<uint8_t>((values[row] & below[row]) ^ flip);
    });
    return out;
  }

 private:
  Comparison low_, high_;
  bool negated_;
  std::vector<uint8_t> below_;
};

}  // namespace

Result<EvalNodePtr> MakeCompareNode(const plan::Expr& expr, EvalNodes children) {
  WEIR_ASSIGN(Comparison comparison,
              Comparison::Make(expr.compare, children[0]->type(), children[1]->type()));
  if (expr.compare == CompareOp::kEqual || expr.compare == CompareOp::kNotEqual) {
    return EvalNodePtr(
        std::make_unique<EqualityNode>(expr, std::move(children), std::move(comparison)));
  }
  return EvalNodePtr(std::make_unique<OrderNode>(expr, std::move(children), std::move(comparison)));
}

Result<EvalNodePtr> MakeInRangeNode(const plan::Expr& expr, EvalNodes children) {
  WEIR_ASSIGN(Comparison low,
              Comparison::Make(CompareOp::kGreaterEqual, children[0]->type(), children[1]->type()));
  WEIR_ASSIGN(Comparison high,
              Comparison::Make(CompareOp::kLessEqual, children[0]->type(), children[2]->type()));
  return EvalNodePtr(
      std::make_unique<InRangeNode>(expr, std::move(children), std::move(low), std::move(high)));
}

}  // namespace weir
