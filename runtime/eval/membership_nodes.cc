// x in [literals], x in list, x in map (its keys). Null is in nothing: a null x gives null.
#include <algorithm>
#include <unordered_set>

#include "runtime/base/hash.h"
#include "runtime/eval/comparison.h"
#include "runtime/eval/nodes.h"
#include "runtime/types/decimal.h"

namespace weir {
namespace {

/// Up to this many values a scan beats a hash table.
constexpr size_t kScanLimit = 8;

struct ValueHash {
  size_t operator()(const Fixed16& value) const { return HashBytes(&value, sizeof(value)); }
  size_t operator()(const Int128& value) const { return HashBytes(&value, sizeof(value)); }
  size_t operator()(std::string_view value) const { return HashBytes(value); }
  size_t operator()(double value) const { return std::hash<double>()(value); }
  template <typename T>
    requires std::is_integral_v<T>
  size_t operator()(T value) const {
    return static_cast<size_t>(value) * 0x9E3779B97F4A7C15u;
  }
};

template <typename T>
class InListNode final : public StrictNode {
 public:
  InListNode(const plan::Expr& expr, EvalNodes children, std::vector<T> values,
             std::shared_ptr<const void> owner)
      : StrictNode(expr.type, std::move(children)),
        values_(std::move(values)),
        owner_(std::move(owner)),
        negated_(expr.negated) {
    if (values_.size() > kScanLimit) set_.insert(values_.begin(), values_.end());
  }

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* target = out->mutable_data<uint8_t>();
    ColumnView<T> values(*arguments[0]);
    if (!set_.empty()) {
      rows.ForEach([&](RowIndex row) { target[row] = set_.contains(values[row]) != negated_; });
      return out;
    }
    rows.ForEach([&](RowIndex row) {
      bool found = false;
      for (const T& value : values_) found |= value == values[row];
      target[row] = found != negated_;
    });
    return out;
  }

 private:
  std::vector<T> values_;
  std::unordered_set<T, ValueHash> set_;
  std::shared_ptr<const void> owner_;  ///< of string views
  bool negated_;
};

/// An enum has few values: one table.
class EnumInListNode final : public StrictNode {
 public:
  EnumInListNode(const plan::Expr& expr, EvalNodes children)
      : StrictNode(expr.type, std::move(children)),
        table_(expr.children[0]->type.enum_values().size(), expr.negated) {
    for (const Value& value : expr.values) {
      if (value.is_null()) continue;
      const DataType& type = expr.children[0]->type;
      auto code = value.type().is(TypeKind::kEnum)
                      ? type.EnumCode(value.type().enum_values()[value.as_code()])
                      : type.EnumCode(value.as_string());
      if (code) table_[*code] = !expr.negated;
    }
  }

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* target = out->mutable_data<uint8_t>();
    ColumnView<uint16_t> codes(*arguments[0]);
    rows.ForEach([&](RowIndex row) { target[row] = table_[codes[row]]; });
    return out;
  }

 private:
  std::vector<uint8_t> table_;
};

/// Numbers of the list in the type of the column; those that it can't hold equal no row.
template <typename T>
std::vector<T> ExactValues(const plan::Expr& expr) {
  const DataType& type = expr.children[0]->type;
  std::vector<T> values;
  for (const Value& value : expr.values) {
    if (value.is_null()) continue;
    Int128 unscaled = 0;
    if (type.is_numeric()) {
      auto scaled =
          RescaleExact(value.as_int128(), value.type().scale(), type.scale(), kMaxDecimalPrecision);
      if (!scaled) continue;
      unscaled = *scaled;
    } else {
      unscaled = value.as_int64();
    }
    if (static_cast<Int128>(static_cast<T>(unscaled)) == unscaled) {
      values.push_back(static_cast<T>(unscaled));
    }
  }
  return values;
}

template <typename T, typename Get>
EvalNodePtr MakeInList(const plan::Expr& expr, EvalNodes children, Get get) {
  std::vector<T> values;
  for (const Value& value : expr.values) {
    if (!value.is_null()) values.push_back(get(value));
  }
  return std::make_unique<InListNode<T>>(expr, std::move(children), std::move(values), nullptr);
}

EvalNodePtr MakeStringInList(const plan::Expr& expr, EvalNodes children) {
  auto texts = std::make_shared<std::vector<std::string>>();
  for (const Value& value : expr.values) {
    if (!value.is_null()) texts->push_back(value.as_string());
  }
  std::vector<std::string_view> views(texts->begin(), texts->end());
  return std::make_unique<InListNode<std::string_view>>(expr, std::move(children), std::move(views),
                                                        texts);
}

class ContainsNode final : public StrictNode {
 public:
  ContainsNode(const plan::Expr& expr, EvalNodes children)
      : StrictNode(expr.type, std::move(children)), negated_(expr.negated) {}

 protected:
  MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                           const RowSet& rows) override {
    MutableColumnPtr out = Column::Make(type(), context.capacity());
    uint8_t* target = out->mutable_data<uint8_t>();
    const Column& lists = *arguments[1];
    const Column& elements =
        lists.type().is(TypeKind::kMap) ? *lists.child(0)->child(0) : *lists.child(0);
    ColumnView<ListEntry> entries(lists);
    rows.ForEach([&](RowIndex row) {
      ListEntry entry = entries[row];
      bool found = false;
      for (uint32_t i = 0; i < entry.length && !found; ++i) {
        found = ColumnValuesEqual(*arguments[0], row, elements, entry.offset + i);
      }
      target[row] = found != negated_;
    });
    return out;
  }

 private:
  bool negated_;
};

}  // namespace

EvalNodePtr MakeInListNode(const plan::Expr& expr, EvalNodes children) {
  auto exact = [&]<typename T>(T) -> EvalNodePtr {
    return std::make_unique<InListNode<T>>(expr, std::move(children), ExactValues<T>(expr),
                                           nullptr);
  };
  switch (expr.children[0]->type.physical()) {
    case Physical::kCode: return std::make_unique<EnumInListNode>(expr, std::move(children));
    case Physical::kString: return MakeStringInList(expr, std::move(children));
    case Physical::kUInt64: return exact(uint64_t{});
    case Physical::kInt128: return exact(Int128{});
    case Physical::kFixed16:
      return MakeInList<Fixed16>(expr, std::move(children),
                                 [](const Value& value) { return value.as_fixed16(); });
    case Physical::kFloat64:
      return MakeInList<double>(expr, std::move(children),
                                [](const Value& value) { return value.as_float64(); });
    case Physical::kBool:
      return MakeInList<uint8_t>(expr, std::move(children), [](const Value& value) {
        return static_cast<uint8_t>(value.as_bool() ? 1 : 0);
      });
    default: return exact(int64_t{});
  }
}

EvalNodePtr MakeContainsNode(const plan::Expr& expr, EvalNodes children) {
  return std::make_unique<ContainsNode>(expr, std::move(children));
}

}  // namespace weir
