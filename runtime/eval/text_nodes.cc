// like, matches, f-strings.
#include <re2/re2.h>

#include "runtime/eval/like_pattern.h"
#include "runtime/eval/nodes.h"
#include "runtime/vector/column_text.h"

namespace weir {
namespace {

/// bool(string_view) over the rows; `Matcher` has Matches().
template <typename Matcher>
class MatchNode final : public StrictNode {
 public:
  MatchNode(const plan::Expr& expr, EvalNodes children, Matcher matcher)
      : StrictNode(expr.type, std::move(children)),
        matcher_(std::move(matcher)),
        negated_(expr.negated) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* target = out->mutable_data<uint8_t>();
    ColumnView<std::string_view> texts(*arguments[0]);
    rows.ForEach([&](RowIndex row) { target[row] = matcher_.Matches(texts[row]) != negated_; });
    return out;
  }

 private:
  Matcher matcher_;
  bool negated_;
};

/// The pattern may match anywhere in the text; ^ and $ anchor it.
struct RegexMatcher {
  std::unique_ptr<RE2> regex;
  bool Matches(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex);
  }
};

class FormatNode final : public EvalNode {
 public:
  FormatNode(const plan::Expr& expr, EvalNodes children)
      : EvalNode(expr.type), children_(std::move(children)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    columns_.clear();
    for (const EvalNodePtr& child : children_) {
      columns_.push_back(child->Eval(context, live_.rows()));
      live_.DropFailed(*context.errors);
      if (type().optional()) live_.DropNulls(*columns_.back());
    }
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    std::string_view* target = out->mutable_data<std::string_view>();
    live_.rows().ForEach([&](RowIndex row) {
      scratch_.clear();
      for (const ColumnPtr& column : columns_) AppendText(*column, row);
      target[row] = out->arena().Copy(scratch_);
    });
    for (RowIndex row : live_.nulls()) out->SetNull(row);
    columns_.clear();
    return out;
  }

 private:
  void AppendText(const Column& column, RowIndex row) {
    if (column.type().physical() == Physical::kNone || column.IsNull(row)) {
      scratch_ += "null";
    } else {
      AppendColumnText(column, row, scratch_);
    }
  }

  EvalNodes children_;
  std::vector<ColumnPtr> columns_;
  LiveRows live_;
  std::string scratch_;
};

}  // namespace

EvalNodePtr MakeLikeNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<MatchNode<LikePattern>>(expr, std::move(children),
                                                  LikePattern(expr.value.as_string()));
}

Result<EvalNodePtr> MakeMatchesNode(const plan::Expr& expr, EvalNodes children) {
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_unique<RE2>(expr.value.as_string(), options);
  if (!regex->ok()) {
    return InvalidArgumentError("\"{}\" is no regular expression: {}", expr.value.as_string(),
                                regex->error());
  }
  return EvalNodePtr(std::make_unique<MatchNode<RegexMatcher>>(expr, std::move(children),
                                                               RegexMatcher{std::move(regex)}));
}

EvalNodePtr MakeFormatNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<FormatNode>(expr, std::move(children));
}

}  // namespace weir
