// Nullable, Array, Map, Tuple.
#include <fmt/format.h>

#include "runtime/format/native/make_native_column.h"

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

class NullableNativeColumn final : public NativeColumn {
 public:
  explicit NullableNativeColumn(NativeColumnPtr values)
      : NativeColumn("Nullable(" + values->wire_type() + ")"), values_(std::move(values)) {}

  void WritePrefix(std::string& out) const override { values_->WritePrefix(out); }

  void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) override {
    const size_t begin = out.size();
    out.resize(begin + CountRows(slices));
    char* at = out.data() + begin;
    for (const ColumnSlice& slice : slices) {
      if (!slice.column->has_nulls()) {
        std::memset(at, 0, slice.rows.count());
        at += slice.rows.count();
        continue;
      }
      const uint8_t* valid = slice.column->validity();
      const RowIndex mask = slice.column->is_constant() ? 0 : ~RowIndex{0};
      slice.rows.ForEach([&](RowIndex row) { *at++ = valid[row & mask] == 0; });
    }
    values_->Write(slices, errors, out);
  }

 private:
  NativeColumnPtr values_;
};

/// Nested columns whose constants are written out, so that rows index their children.
class FlatSlices {
 public:
  explicit FlatSlices(ColumnSlices slices) {
    for (const ColumnSlice& slice : slices) {
      const Column* column = slice.column;
      if (column->is_constant()) {
        owned_.push_back(Column::Flatten(ColumnPtr(column, [](const Column*) {})));
        column = owned_.back().get();
      }
      slices_.push_back({column, slice.rows});
    }
  }
  const std::vector<ColumnSlice>& slices() const { return slices_; }

 private:
  std::vector<ColumnPtr> owned_;
  std::vector<ColumnSlice> slices_;
};

/// Ends of the lists, and the elements as rows of the child columns.
class ListElements {
 public:
  ListElements(ColumnSlices slices, const NativeErrors& errors, std::string& out) {
    rows_.resize(slices.size());
    uint64_t end = 0;
    size_t position = 0;
    for (size_t i = 0; i < slices.size(); ++i) {
      const ColumnView<ListEntry> entries(*slices[i].column);
      slices[i].rows.ForEach([&](RowIndex row) {
        const ListEntry entry = entries.IsNull(row) ? ListEntry{} : entries[row];
        for (uint32_t k = 0; k < entry.length; ++k) rows_[i].push_back(entry.offset + k);
        owners_.insert(owners_.end(), entry.length, errors.Owner(position));
        AppendFixed(end += entry.length, out);
        ++position;
      });
    }
  }
  /// Of the list's child (`field` < 0) or of a field of its entries.
  std::vector<ColumnSlice> Of(ColumnSlices lists, int field) const {
    std::vector<ColumnSlice> elements;
    for (size_t i = 0; i < lists.size(); ++i) {
      if (rows_[i].empty()) continue;
      const Column* child = lists[i].column->child(0).get();
      if (field >= 0) child = child->child(field).get();
      elements.push_back({child, RowSet::Of(rows_[i])});
    }
    return elements;
  }
  const std::vector<uint32_t>& owners() const { return owners_; }

 private:
  std::vector<RowIndices> rows_;
  std::vector<uint32_t> owners_;
};

void WriteElements(NativeColumn& column, const std::vector<ColumnSlice>& slices,
                   const ListElements& elements, NativeErrors& errors, std::string& out) {
  const std::vector<uint32_t>* before = errors.SetOwners(&elements.owners());
  column.Write(slices, errors, out);
  errors.SetOwners(before);
}

class ArrayNativeColumn final : public NativeColumn {
 public:
  explicit ArrayNativeColumn(NativeColumnPtr element)
      : NativeColumn("Array(" + element->wire_type() + ")"), element_(std::move(element)) {}

  void WritePrefix(std::string& out) const override { element_->WritePrefix(out); }
  void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) override {
    const FlatSlices lists(slices);
    const ListElements elements(lists.slices(), errors, out);
    WriteElements(*element_, elements.Of(lists.slices(), -1), elements, errors, out);
  }

 private:
  NativeColumnPtr element_;
};

class MapNativeColumn final : public NativeColumn {
 public:
  MapNativeColumn(NativeColumnPtr key, NativeColumnPtr value)
      : NativeColumn(fmt::format("Map({}, {})", key->wire_type(), value->wire_type())),
        key_(std::move(key)),
        value_(std::move(value)) {}

  void WritePrefix(std::string& out) const override {
    key_->WritePrefix(out);
    value_->WritePrefix(out);
  }
  void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) override {
    const FlatSlices maps(slices);
    const ListElements elements(maps.slices(), errors, out);
    WriteElements(*key_, elements.Of(maps.slices(), 0), elements, errors, out);
    WriteElements(*value_, elements.Of(maps.slices(), 1), elements, errors, out);
  }

 private:
  NativeColumnPtr key_, value_;
};

class TupleNativeColumn final : public NativeColumn {
 public:
  struct Element {
    int field;
    NativeColumnPtr column;
  };
  TupleNativeColumn(std::string wire_type, std::vector<Element> elements)
      : NativeColumn(std::move(wire_type)), elements_(std::move(elements)) {}

  void WritePrefix(std::string& out) const override {
    for (const Element& element : elements_) element.column->WritePrefix(out);
  }
  void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) override {
    const FlatSlices tuples(slices);
    for (const Element& element : elements_) {
      std::vector<ColumnSlice> fields;
      for (const ColumnSlice& slice : tuples.slices()) {
        fields.push_back({slice.column->child(element.field).get(), slice.rows});
      }
      element.column->Write(fields, errors, out);
    }
  }

 private:
  std::vector<Element> elements_;
};

Result<NativeColumnPtr> MakeTuple(const DataType& from, const ClickhouseType& to) {
  std::vector<TupleNativeColumn::Element> elements;
  std::string types;
  for (size_t i = 0; i < to.children.size(); ++i) {
    const std::string& name = to.names[i];
    std::optional<int> field = static_cast<int>(i);
    if (!name.empty()) field = from.FieldIndex(name);
    if (!field || *field >= static_cast<int>(from.fields().size())) {
      return InvalidArgumentError("{} has no field for {} of {}", from.ToString(),
                                  name.empty() ? fmt::format("element {}", i + 1) : name, to.text);
    }
    WEIR_ASSIGN(NativeColumnPtr column,
                MakeNativeColumn(from.fields()[static_cast<size_t>(*field)].type, to.children[i]));
    types += (types.empty() ? "" : ", ") +
             (name.empty() ? std::string() : ClickhouseName(name) + " ") + column->wire_type();
    elements.push_back({*field, std::move(column)});
  }
  return NativeColumnPtr(
      std::make_unique<TupleNativeColumn>("Tuple(" + types + ")", std::move(elements)));
}

}  // namespace

NativeColumnPtr MakeNullableColumn(NativeColumnPtr values) {
  return std::make_unique<NullableNativeColumn>(std::move(values));
}

Result<NativeColumnPtr> MakeNestedColumn(const DataType& from, const ClickhouseType& to) {
  if (to.is(Kind::kArray) && from.is(TypeKind::kList)) {
    WEIR_ASSIGN(NativeColumnPtr element, MakeNativeColumn(from.element(), to.children[0]));
    return NativeColumnPtr(std::make_unique<ArrayNativeColumn>(std::move(element)));
  }
  if (to.is(Kind::kMap) && from.is(TypeKind::kMap)) {
    WEIR_ASSIGN(NativeColumnPtr key, MakeNativeColumn(from.map_key(), to.children[0]));
    WEIR_ASSIGN(NativeColumnPtr value, MakeNativeColumn(from.map_value(), to.children[1]));
    return NativeColumnPtr(std::make_unique<MapNativeColumn>(std::move(key), std::move(value)));
  }
  if (to.is(Kind::kTuple) && from.is(TypeKind::kStruct)) return MakeTuple(from, to);
  return NativeColumnPtr();
}

}  // namespace weir
