// Where values come from: constants, columns, hidden columns, the subject of a match.
#include "runtime/base/check.h"
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

class LiteralNode final : public EvalNode {
 public:
  LiteralNode(DataType type, Value value) : EvalNode(std::move(type)), value_(std::move(value)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet&) override {
    if (column_ == nullptr || column_->length() != context.capacity()) {
      column_ = Column::Constant(value_, context.capacity());
    }
    return column_;
  }
  const Value* constant() const override { return &value_; }

 private:
  Value value_;
  ColumnPtr column_;  ///< batches mostly have one size
};

class ColumnNode final : public EvalNode {
 public:
  explicit ColumnNode(const plan::Expr& expr)
      : EvalNode(expr.type), index_(static_cast<size_t>(expr.index)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet&) override {
    WEIR_CHECK(index_ < context.input.num_columns, "column {} of {}", index_,
               context.input.num_columns);
    return context.input.columns[index_];
  }

 private:
  size_t index_;
};

class HiddenNode final : public EvalNode {
 public:
  explicit HiddenNode(const plan::Expr& expr) : EvalNode(expr.type), field_(expr.hidden) {}

  ColumnPtr Eval(EvalContext& context, const RowSet&) override {
    const ColumnPtr* column = context.input.hidden ? &Find(*context.input.hidden) : nullptr;
    if (column == nullptr || *column == nullptr) {
      return Column::Nulls(type(), context.capacity());
    }
    return *column;
  }

 private:
  const ColumnPtr& Find(const HiddenColumns& hidden) const {
    switch (field_) {
      case plan::HiddenField::kEventTime: return hidden.event_time;
      case plan::HiddenField::kIngestTime: return hidden.ingest_time;
      case plan::HiddenField::kWatermark: return hidden.watermark;
      case plan::HiddenField::kOrigin: return hidden.origin;
      case plan::HiddenField::kOffset: return hidden.offset;
      case plan::HiddenField::kPayload: return hidden.payload;
    }
    return hidden.event_time;
  }

  plan::HiddenField field_;
};

class SubjectNode final : public EvalNode {
 public:
  using EvalNode::EvalNode;

  ColumnPtr Eval(EvalContext& context, const RowSet&) override {
    WEIR_CHECK(context.subject != nullptr, "a subject outside of match");
    return context.subject;
  }
};

}  // namespace

EvalNodePtr MakeLiteralNode(DataType type, Value value) {
  if (value.is_null()) value = Value::Null(type);
  return std::make_unique<LiteralNode>(std::move(type), std::move(value));
}

EvalNodePtr MakeColumnNode(const plan::Expr& expr) { return std::make_unique<ColumnNode>(expr); }

EvalNodePtr MakeHiddenNode(const plan::Expr& expr) { return std::make_unique<HiddenNode>(expr); }

EvalNodePtr MakeSubjectNode(const plan::Expr& expr) {
  return std::make_unique<SubjectNode>(expr.type);
}

}  // namespace weir
