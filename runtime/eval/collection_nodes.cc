// Members of structs, lists and maps, and making structs and lists.
#include "runtime/eval/column_assembler.h"
#include "runtime/eval/comparison.h"
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

class StructFieldNode final : public EvalNode {
 public:
  StructFieldNode(const plan::Expr& expr, EvalNodePtr child)
      : EvalNode(expr.type), child_(std::move(child)), index_(expr.index) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    ColumnPtr column = child_->Eval(context, rows);
    live_.DropFailed(*context.errors);
    if (!column->has_nulls()) return column->child(index_);
    live_.DropNulls(*column);
    if (live_.nulls().empty()) return column->child(index_);
    ColumnAssembler out(type(), context.capacity());
    out.Copy(*column->child(index_), live_.rows());
    out.SetNulls(RowSet::Of(live_.nulls()));
    return out.Finish();
  }

 private:
  EvalNodePtr child_;
  int index_;
  LiveRows live_;
};

/// Base of list[i] and map[key]: which element of the child each row takes.
class ElementNode : public StrictNode {
 public:
  using StrictNode::StrictNode;

 protected:
  /// Position in the list's child, or -1 when there is none.
  virtual int64_t Find(const Column& collection, const Column& keys, RowIndex row) = 0;
  virtual const Column& Values(const Column& collection) const = 0;

  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    from_.clear();
    to_.clear();
    absent_.clear();
    rows.ForEach([&](RowIndex row) {
      int64_t at = Find(*arguments[0], *arguments[1], row);
      if (at < 0) {
        absent_.push_back(row);
        return;
      }
      from_.push_back(static_cast<RowIndex>(at));
      to_.push_back(row);
    });
    ColumnAssembler out(type(), context.capacity());
    out.Copy(Values(*arguments[0]), RowSet::Of(from_), RowSet::Of(to_));
    out.SetNulls(RowSet::Of(absent_));
    return out.Finish();
  }

 private:
  RowIndices from_, to_, absent_;
};

class ListIndexNode final : public ElementNode {
 public:
  using ElementNode::ElementNode;

 protected:
  int64_t Find(const Column& lists, const Column& indices, RowIndex row) override {
    ListEntry entry = ColumnView<ListEntry>(lists)[row];
    // A negative index is a huge one.
    uint64_t index = static_cast<uint64_t>(ColumnView<int64_t>(indices)[row]);
    return index < entry.length ? static_cast<int64_t>(entry.offset + index) : -1;
  }
  const Column& Values(const Column& lists) const override { return *lists.child(0); }
};

class MapIndexNode final : public ElementNode {
 public:
  using ElementNode::ElementNode;

 protected:
  int64_t Find(const Column& maps, const Column& keys, RowIndex row) override {
    ListEntry entry = ColumnView<ListEntry>(maps)[row];
    const Column& map_keys = *maps.child(0)->child(0);
    for (uint32_t i = 0; i < entry.length; ++i) {
      if (ColumnValuesEqual(map_keys, entry.offset + i, keys, row)) return entry.offset + i;
    }
    return -1;
  }
  const Column& Values(const Column& maps) const override { return *maps.child(0)->child(1); }
};

class StructNode final : public EvalNode {
 public:
  StructNode(const plan::Expr& expr, EvalNodes children)
      : EvalNode(expr.type), children_(std::move(children)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    std::vector<ColumnPtr> columns;
    for (const EvalNodePtr& child : children_) {
      columns.push_back(Column::Flatten(child->Eval(context, live_.rows())));
      live_.DropFailed(*context.errors);
    }
    return Column::MakeStruct(type(), context.capacity(), std::move(columns));
  }

 private:
  EvalNodes children_;
  LiveRows live_;
};

class ListNode final : public EvalNode {
 public:
  ListNode(const plan::Expr& expr, EvalNodes children)
      : EvalNode(expr.type), children_(std::move(children)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    std::vector<ColumnPtr> columns;
    for (const EvalNodePtr& child : children_) {
      columns.push_back(child->Eval(context, live_.rows()));
      live_.DropFailed(*context.errors);
    }
    uint32_t width = static_cast<uint32_t>(columns.size());
    uint32_t count = live_.rows().count();
    ColumnAssembler elements(type().element(), width * count);
    RowIndices to(count);
    for (uint32_t k = 0; k < width; ++k) {
      for (uint32_t i = 0; i < count; ++i) to[i] = i * width + k;
      elements.Copy(*columns[k], live_.rows(), RowSet::Of(to));
    }
    MutableColumnPtr out = Column::MakeList(type(), context.capacity(), elements.Finish());
    ListEntry* entries = out->mutable_data<ListEntry>();
    for (uint32_t i = 0; i < count; ++i) entries[live_.rows()[i]] = {i * width, width};
    return out;
  }

 private:
  EvalNodes children_;
  LiveRows live_;
};

}  // namespace

EvalNodePtr MakeStructFieldNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<StructFieldNode>(expr, std::move(children[0]));
}

EvalNodePtr MakeListIndexNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<ListIndexNode>(expr.type, std::move(children));
}

EvalNodePtr MakeMapIndexNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<MapIndexNode>(expr.type, std::move(children));
}

EvalNodePtr MakeStructNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<StructNode>(expr, std::move(children));
}

EvalNodePtr MakeListNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<ListNode>(expr, std::move(children));
}

}  // namespace weir
