// x.name and x[i] on json: absent or null gives null, a scalar has no members.
#include <fmt/format.h>

#include "runtime/eval/json_text.h"
#include "runtime/eval/nodes.h"
#include "runtime/vector/column_text.h"

namespace weir {
namespace {

/// Members are views of the parent's text: nothing is copied.
class JsonAccessNode : public StrictNode {
 public:
  using StrictNode::StrictNode;

 protected:
  void Store(EvalContext& context, RowIndex row, JsonLookup lookup, std::string_view text,
             std::string_view value, const std::string& what, Column& out) {
    switch (lookup) {
      case JsonLookup::kFound: out.mutable_data<std::string_view>()[row] = value; return;
      case JsonLookup::kAbsent: out.SetNull(row); return;
      case JsonLookup::kScalar:
        context.errors->Add(row, RowErrorCode::kJsonAccess,
                            fmt::format("{} of {}, which is {}", what, QuotedForMessage(text),
                                        JsonKindName(JsonKindOf(text))));
        return;
      case JsonLookup::kMalformed:
        context.errors->Add(row, RowErrorCode::kJsonAccess,
                            fmt::format("{} of malformed JSON {}", what, QuotedForMessage(text)));
        return;
    }
  }
};

class JsonFieldNode final : public JsonAccessNode {
 public:
  JsonFieldNode(const plan::Expr& expr, EvalNodes children)
      : JsonAccessNode(expr.type, std::move(children)),
        name_(expr.name),
        what_("member \"" + expr.name + "\"") {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    ColumnView<std::string_view> texts(*arguments[0]);
    rows.ForEach([&](RowIndex row) {
      std::string_view value;
      JsonLookup lookup = FindJsonMember(texts[row], name_, &value);
      Store(context, row, lookup, texts[row], value, what_, *out);
    });
    out->AddOwnersOf(*arguments[0]);
    return out;
  }

 private:
  std::string name_;
  std::string what_;
};

class JsonIndexNode final : public JsonAccessNode {
 public:
  JsonIndexNode(const plan::Expr& expr, EvalNodes children)
      : JsonAccessNode(expr.type, std::move(children)) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    ColumnView<std::string_view> texts(*arguments[0]);
    const Column& keys = *arguments[1];
    rows.ForEach([&](RowIndex row) {
      std::string_view value;
      JsonLookup lookup = Find(texts[row], keys, row, &value);
      if (lookup == JsonLookup::kFound) [[likely]] {
        out->mutable_data<std::string_view>()[row] = value;
      } else {
        Store(context, row, lookup, texts[row], value, "[" + ColumnText(keys, row) + "]", *out);
      }
    });
    out->AddOwnersOf(*arguments[0]);
    return out;
  }

 private:
  static JsonLookup Find(std::string_view text, const Column& keys, RowIndex row,
                         std::string_view* value) {
    if (keys.type().physical() == Physical::kString) {
      return FindJsonMember(text, ColumnView<std::string_view>(keys)[row], value);
    }
    if (keys.type().physical() == Physical::kUInt64) {
      uint64_t index = ColumnView<uint64_t>(keys)[row];
      return FindJsonElement(text, index > INT64_MAX ? -1 : static_cast<int64_t>(index), value);
    }
    return FindJsonElement(text, ColumnView<int64_t>(keys)[row], value);
  }
};

}  // namespace

EvalNodePtr MakeJsonFieldNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<JsonFieldNode>(expr, std::move(children));
}

EvalNodePtr MakeJsonIndexNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<JsonIndexNode>(expr, std::move(children));
}

}  // namespace weir
