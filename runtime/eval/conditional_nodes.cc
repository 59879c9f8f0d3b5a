// Branches: each side is evaluated only for the rows that take it.
#include "runtime/base/check.h"
#include "runtime/eval/column_assembler.h"
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

/// left ?? right
class CoalesceNode final : public EvalNode {
 public:
  CoalesceNode(const plan::Expr& expr, EvalNodes children)
      : EvalNode(expr.type), left_(std::move(children[0])), right_(std::move(children[1])) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    ColumnPtr left = left_->Eval(context, rows);
    live_.DropFailed(*context.errors);
    live_.DropNulls(*left);
    if (live_.nulls().empty()) return left;
    RowSet open = RowSet::Of(live_.nulls());
    ColumnPtr right = right_->Eval(context, open);
    if (live_.rows().empty()) return right;
    ColumnAssembler out(type(), context.capacity());
    out.Copy(*left, live_.rows());
    out.Copy(*right, open);
    return out.Finish();
  }

 private:
  EvalNodePtr left_, right_;
  LiveRows live_;
};

/// if condition then a else b; a null condition takes the else.
class IfNode final : public EvalNode {
 public:
  IfNode(const plan::Expr& expr, EvalNodes children)
      : EvalNode(expr.type), children_(std::move(children)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    ColumnPtr condition = children_[0]->Eval(context, rows);
    live_.DropFailed(*context.errors);
    ColumnView<uint8_t> holds(*condition);
    then_.clear();
    else_.clear();
    live_.rows().ForEach([&](RowIndex row) {
      (!holds.IsNull(row) && holds[row] != 0 ? then_ : else_).push_back(row);
    });
    if (else_.empty()) return children_[1]->Eval(context, live_.rows());
    if (then_.empty()) return children_[2]->Eval(context, live_.rows());
    ColumnAssembler out(type(), context.capacity());
    out.Copy(*children_[1]->Eval(context, RowSet::Of(then_)), RowSet::Of(then_));
    out.Copy(*children_[2]->Eval(context, RowSet::Of(else_)), RowSet::Of(else_));
    return out.Finish();
  }

 private:
  EvalNodes children_;
  LiveRows live_;
  RowIndices then_, else_;
};

/// match: the first arm whose test holds; tests and results see the subject.
class CaseNode final : public EvalNode {
 public:
  CaseNode(const plan::Expr& expr, EvalNodes children)
      : EvalNode(expr.type), children_(std::move(children)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    ColumnPtr subject = children_[0]->Eval(context, rows);
    live_.DropFailed(*context.errors);
    ColumnPtr outer = std::exchange(context.subject, std::move(subject));
    ColumnAssembler out(type(), context.capacity());
    size_t arm = 1;
    for (; arm + 1 < children_.size() && !live_.rows().empty(); arm += 2) {
      RunArm(context, arm, out);
    }
    if (!live_.rows().empty()) RunElse(context, out);
    context.subject = std::move(outer);
    return out.Finish();
  }

 private:
  void RunArm(EvalContext& context, size_t arm, ColumnAssembler& out) {
    ColumnPtr test = children_[arm]->Eval(context, live_.rows());
    live_.DropFailed(*context.errors);
    ColumnView<uint8_t> holds(*test);
    matched_.clear();
    live_.rows().ForEach([&](RowIndex row) {
      if (!holds.IsNull(row) && holds[row] != 0) matched_.push_back(row);
    });
    if (matched_.empty()) return;
    live_.Drop(matched_);
    RowSet rows = RowSet::Of(matched_);
    // A failing row is in no other arm, so its error takes nothing from the live rows.
    out.Copy(*children_[arm + 1]->Eval(context, rows), rows);
  }

  void RunElse(EvalContext& context, ColumnAssembler& out) {
    if (children_.size() % 2 == 0) {
      out.Copy(*children_.back()->Eval(context, live_.rows()), live_.rows());
      return;
    }
    if (type().optional()) {
      out.SetNulls(live_.rows());
      return;
    }
    live_.rows().ForEach([&](RowIndex row) {
      context.errors->Add(row, RowErrorCode::kNull, "no arm of match fits the value");
    });
  }

  EvalNodes children_;
  LiveRows live_;
  RowIndices matched_;
};

/// try: null where the child fails.
class TryNode final : public EvalNode {
 public:
  TryNode(const plan::Expr& expr, EvalNodePtr child)
      : EvalNode(expr.type), child_(std::move(child)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    RowErrors* outer = std::exchange(context.errors, &errors_);
    errors_.Clear();
    ColumnPtr column = child_->Eval(context, rows);
    context.errors = outer;
    if (errors_.empty()) return column;
    RowIndices failed = errors_.Rows();
    kept_.clear();
    SubtractRows(rows, failed, kept_);
    ColumnAssembler out(type(), context.capacity());
    out.Copy(*column, RowSet::Of(kept_));
    out.SetNulls(RowSet::Of(failed));
    return out.Finish();
  }

 private:
  EvalNodePtr child_;
  RowErrors errors_;
  RowIndices kept_;
};

}  // namespace

EvalNodePtr MakeCoalesceNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<CoalesceNode>(expr, std::move(children));
}

EvalNodePtr MakeIfNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<IfNode>(expr, std::move(children));
}

EvalNodePtr MakeCaseNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<CaseNode>(expr, std::move(children));
}

EvalNodePtr MakeTryNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<TryNode>(expr, std::move(children[0]));
}

}  // namespace weir
