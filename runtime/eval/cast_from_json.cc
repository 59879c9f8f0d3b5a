// JSON text to scalars, lists, maps and structs. Nested values are split into columns of their
// members' JSON text, which are cast in turn: no value is built row by row.
#include <unordered_set>

#include "runtime/base/check.h"
#include "runtime/eval/cast_loop.h"
#include "runtime/eval/element_casts.h"
#include "runtime/eval/json_text.h"
#include "runtime/eval/text_to_scalar.h"

namespace weir {
namespace {

void FailKind(RowErrors& errors, RowIndex row, std::string_view text, const DataType& to) {
  errors.Add(row, RowErrorCode::kCast,
             fmt::format("{} is {}, not a {}", QuotedForMessage(text),
                         JsonKindName(JsonKindOf(text)), to.AsRequired().ToString()));
}

/// JSON null: null where the type has one.
void StoreNull(const DataType& to, RowIndex row, Column& out, RowErrors& errors) {
  if (to.optional()) {
    out.SetNull(row);
  } else {
    errors.Add(row, RowErrorCode::kNull, "null is not a " + to.ToString());
  }
}

class JsonScalarCast final : public CastKernel {
 public:
  explicit JsonScalarCast(const DataType& to) : to_(to), parser_(to) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    MutableColumnPtr out = Column::Make(to_, capacity);
    ColumnView<std::string_view> texts(*input);
    rows.ForEach([&](RowIndex row) {
      std::string_view scalar;
      if (JsonScalarText(texts[row], out->arena(), &scalar)) [[likely]] {
        parser_.Store(scalar, row, *out, errors);
      } else if (JsonKindOf(texts[row]) == JsonKind::kNull) {
        StoreNull(to_, row, *out, errors);
      } else {
        FailKind(errors, row, texts[row], to_);
      }
    });
    if (to_.is(TypeKind::kString)) out->AddOwnersOf(*input);
    return out;
  }

 private:
  DataType to_;
  TextToScalar parser_;
};

/// A flat json column of `texts`, which are views of what `source` keeps.
MutableColumnPtr JsonColumn(const std::vector<std::string_view>& texts, const Column& source) {
  MutableColumnPtr column =
      Column::Make(DataType::Json().AsOptional(), static_cast<uint32_t>(texts.size()));
  std::string_view* values = column->mutable_data<std::string_view>();
  for (size_t i = 0; i < texts.size(); ++i) {
    values[i] = texts[i];
    // An absent member, or null itself.
    if (texts[i].data() == nullptr || texts[i] == "null") {
      column->SetNull(static_cast<RowIndex>(i));
    }
  }
  column->AddOwnersOf(source);
  return column;
}

class JsonListCast final : public CastKernel {
 public:
  JsonListCast(const DataType& to, std::unique_ptr<ColumnCaster> element)
      : to_(to), element_(std::move(element)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    MutableColumnPtr out = Column::MakeList(to_, capacity, nullptr);
    ColumnView<std::string_view> texts(*input);
    ListEntry* entries = out->mutable_data<ListEntry>();
    std::vector<std::string_view> elements;
    rows.ForEach([&](RowIndex row) {
      size_t begin = elements.size();
      auto add = [&](std::string_view element) { elements.push_back(element); };
      if (ForEachJsonElement(texts[row], add)) {
        entries[row] = {static_cast<uint32_t>(begin),
                        static_cast<uint32_t>(elements.size() - begin)};
        return;
      }
      elements.resize(begin);
      if (JsonKindOf(texts[row]) == JsonKind::kNull) {
        StoreNull(to_, row, *out, errors);
      } else {
        FailKind(errors, row, texts[row], to_);
      }
    });
    out->set_child(0, CastElements(*element_, JsonColumn(elements, *input), rows, *out, errors));
    return out;
  }

 private:
  DataType to_;
  std::unique_ptr<ColumnCaster> element_;
};

class JsonMapCast final : public CastKernel {
 public:
  JsonMapCast(const DataType& to, std::unique_ptr<ColumnCaster> key,
              std::unique_ptr<ColumnCaster> value)
      : to_(to), key_(std::move(key)), value_(std::move(value)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    MutableColumnPtr out = Column::MakeList(to_, capacity, nullptr);
    ColumnView<std::string_view> texts(*input);
    ListEntry* entries = out->mutable_data<ListEntry>();
    std::vector<std::string_view> keys, values;
    rows.ForEach([&](RowIndex row) {
      size_t begin = keys.size();
      seen_.clear();
      auto add = [&](std::string_view key, std::string_view value) {
        // Of several members with one name the first, as in access by name.
        if (!seen_.insert(key).second) return;
        keys.push_back(key);
        values.push_back(value);
      };
      if (ForEachJsonMember(texts[row], out->arena(), add)) {
        entries[row] = {static_cast<uint32_t>(begin), static_cast<uint32_t>(keys.size() - begin)};
        return;
      }
      keys.resize(begin);
      values.resize(begin);
      if (JsonKindOf(texts[row]) == JsonKind::kNull) {
        StoreNull(to_, row, *out, errors);
      } else {
        FailKind(errors, row, texts[row], to_);
      }
    });
    uint32_t count = static_cast<uint32_t>(keys.size());
    ColumnPtr key_column = CastElements(*key_, KeyColumn(keys, *input, *out), rows, *out, errors);
    ColumnPtr value_column = CastElements(*value_, JsonColumn(values, *input), rows, *out, errors);
    out->set_child(0, Column::MakeStruct(to_.element(), count,
                                         {std::move(key_column), std::move(value_column)}));
    return out;
  }

 private:
  static MutableColumnPtr KeyColumn(const std::vector<std::string_view>& keys, const Column& source,
                                    const Column& unescaped) {
    MutableColumnPtr column = Column::Make(DataType::String(), static_cast<uint32_t>(keys.size()));
    std::copy(keys.begin(), keys.end(), column->mutable_data<std::string_view>());
    column->AddOwnersOf(source);
    column->AddOwnersOf(unescaped);
    return column;
  }

  DataType to_;
  std::unique_ptr<ColumnCaster> key_, value_;
  std::unordered_set<std::string_view> seen_;
};

class JsonStructCast final : public CastKernel {
 public:
  JsonStructCast(const DataType& to, std::vector<std::unique_ptr<ColumnCaster>> fields)
      : to_(to), fields_(std::move(fields)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    std::vector<std::vector<std::string_view>> members(fields_.size());
    for (auto& member : members) member.resize(capacity);
    ColumnView<std::string_view> texts(*input);
    StringArena names(256);
    RowIndices nulls, good;
    rows.ForEach([&](RowIndex row) {
      auto add = [&](std::string_view key, std::string_view value) {
        std::optional<int> index = to_.FieldIndex(key);
        if (!index) return;
        std::string_view& slot = members[static_cast<size_t>(*index)][row];
        if (slot.data() == nullptr) slot = value;
      };
      if (ForEachJsonMember(texts[row], names, add)) {
        good.push_back(row);
      } else if (JsonKindOf(texts[row]) == JsonKind::kNull) {
        nulls.push_back(row);
      } else {
        FailKind(errors, row, texts[row], to_);
      }
    });
    std::vector<ColumnPtr> children;
    for (size_t i = 0; i < fields_.size(); ++i) {
      children.push_back(CastField(i, JsonColumn(members[i], *input), good, capacity, errors));
    }
    MutableColumnPtr out = Column::MakeStruct(to_, capacity, std::move(children));
    for (RowIndex row : nulls) StoreNull(to_, row, *out, errors);
    return out;
  }

 private:
  ColumnPtr CastField(size_t index, const ColumnPtr& column, const RowIndices& rows,
                      uint32_t capacity, RowErrors& errors) {
    RowErrors found;
    ColumnPtr result =
        Column::Flatten(fields_[index]->Cast(column, RowSet::Of(rows), capacity, found));
    for (const RowError& error : found.errors()) {
      errors.Add(error.row, error.code, to_.fields()[index].name + ": " + error.message);
    }
    return result;
  }

  DataType to_;
  std::vector<std::unique_ptr<ColumnCaster>> fields_;
};

std::unique_ptr<ColumnCaster> MemberCaster(const DataType& to) {
  auto caster = ColumnCaster::Make(DataType::Json().AsOptional(), to);
  WEIR_CHECK(caster.ok(), "json casts to everything: {}", caster.status().ToString());
  return *std::move(caster);
}

}  // namespace

CastKernelPtr MakeFromJsonCast(const DataType& from, const DataType& to) {
  if (!from.is(TypeKind::kJson)) return nullptr;
  if (to.is(TypeKind::kList)) {
    return std::make_unique<JsonListCast>(to, MemberCaster(to.element()));
  }
  if (to.is(TypeKind::kMap)) {
    auto key = ColumnCaster::Make(DataType::String(), to.map_key());
    if (!key.ok()) return nullptr;
    return std::make_unique<JsonMapCast>(to, *std::move(key), MemberCaster(to.map_value()));
  }
  if (to.is(TypeKind::kStruct)) {
    std::vector<std::unique_ptr<ColumnCaster>> fields;
    for (const StructField& field : to.fields()) fields.push_back(MemberCaster(field.type));
    return std::make_unique<JsonStructCast>(to, std::move(fields));
  }
  return std::make_unique<JsonScalarCast>(to);
}

}  // namespace weir
