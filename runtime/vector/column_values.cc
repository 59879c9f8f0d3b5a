// Single values in and out of columns, and what is built from them: constants and flat copies.
#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/vector/aligned_buffer.h"
#include "runtime/vector/column.h"
#include "runtime/vector/column_gather.h"

namespace weir {
namespace {

template <typename T>
void Repeat(const Column& column, Column& target) {
  std::fill_n(target.mutable_data<T>(), target.length(), column.data<T>()[0]);
}

void RepeatScalar(const Column& column, Column& target) {
  switch (column.type().physical()) {
    case Physical::kBool: Repeat<uint8_t>(column, target); return;
    case Physical::kInt64: Repeat<int64_t>(column, target); return;
    case Physical::kUInt64: Repeat<uint64_t>(column, target); return;
    case Physical::kFloat64: Repeat<double>(column, target); return;
    case Physical::kInt128: Repeat<Int128>(column, target); return;
    case Physical::kFixed16: Repeat<Fixed16>(column, target); return;
    case Physical::kString: Repeat<std::string_view>(column, target); return;
    case Physical::kCode: Repeat<uint16_t>(column, target); return;
    case Physical::kList: Repeat<ListEntry>(column, target); return;
    case Physical::kStruct:
    case Physical::kNone: return;
  }
}

/// `child` with row `row` set to `value`: in place when nobody else has it, else in a copy.
ColumnPtr WithValue(const ColumnPtr& child, RowIndex row, const Value& value) {
  if (child.use_count() == 1 && !child->is_constant()) {
    const_cast<Column&>(*child).SetValue(row, value);
    return child;
  }
  ColumnGather gather(child->type(), /*copy_strings=*/false);
  gather.Append(child.get(), RowSet::All(row));
  gather.AppendValue(value);
  RowIndices rest;
  for (RowIndex i = row + 1; i < child->length(); ++i) rest.push_back(i);
  gather.Append(child.get(), RowSet::Of(rest));
  return gather.Finish();
}

}  // namespace

ColumnPtr Column::Constant(const Value& value, uint32_t length) {
  if (value.is_null()) return Nulls(value.type(), length);
  if (value.type().physical() == Physical::kStruct) {
    std::vector<ColumnPtr> children;
    for (size_t i = 0; i < value.as_list().size(); ++i) {
      const Value& member = value.as_list()[i];
      children.push_back(Constant(member.WithType(value.type().fields()[i].type), length));
    }
    MutableColumnPtr column = MakeStruct(value.type(), length, std::move(children));
    column->constant_ = true;
    return column;
  }
  MutableColumnPtr column = Make(value.type(), 1);
  column->SetValue(0, value);
  column->length_ = length;
  column->constant_ = true;
  return column;
}

ColumnPtr Column::Flatten(const ColumnPtr& column) {
  if (!column->is_constant()) return column;
  const uint32_t length = column->length();
  MutableColumnPtr flat(new Column());
  flat->type_ = column->type_;
  flat->length_ = length;
  flat->values_ = MakeBuffer(length * PhysicalSize(column->type_.physical()));
  RepeatScalar(*column, *flat);
  if (column->has_nulls()) std::fill_n(flat->EnsureValidity(), length, column->validity()[0]);
  const bool is_struct = column->type_.physical() == Physical::kStruct;
  for (const ColumnPtr& child : column->children_) {
    flat->children_.push_back(is_struct ? Flatten(child) : child);
  }
  flat->AddOwnersOf(*column);
  return flat;
}

Value Column::ValueAt(RowIndex row) const {
  WEIR_CHECK(row < length_, "row {} of {}", row, length_);
  if (type_.physical() == Physical::kNone || IsNull(row)) return Value::Null(type_);
  const RowIndex at = constant_ ? 0 : row;
  switch (type_.physical()) {
    case Physical::kBool: return Value(type_, data<uint8_t>()[at] != 0);
    case Physical::kInt64: return Value(type_, data<int64_t>()[at]);
    case Physical::kUInt64: return Value(type_, data<uint64_t>()[at]);
    case Physical::kFloat64: return Value(type_, data<double>()[at]);
    case Physical::kInt128: return Value(type_, data<Int128>()[at]);
    case Physical::kFixed16: return Value(type_, data<Fixed16>()[at]);
    case Physical::kString: return Value(type_, std::string(data<std::string_view>()[at]));
    case Physical::kCode: return Value(type_, data<uint16_t>()[at]);
    case Physical::kList: {
      const ListEntry entry = data<ListEntry>()[at];
      Value::List elements;
      for (uint32_t i = 0; i < entry.length; ++i) {
        elements.push_back(children_[0]->ValueAt(entry.offset + i));
      }
      return Value(type_, std::move(elements));
    }
    case Physical::kStruct: {
      Value::List members;
      for (const ColumnPtr& child : children_) members.push_back(child->ValueAt(row));
      return Value(type_, std::move(members));
    }
    case Physical::kNone: break;
  }
  return Value::Null(type_);
}

void Column::SetValue(RowIndex row, const Value& value) {
  WEIR_CHECK(row < length_ && !constant_, "row {} of {}", row, length_);
  if (value.is_null()) {
    SetNull(row);
    return;
  }
  if (validity_ != nullptr) validity_[row] = 1;
  switch (type_.physical()) {
    case Physical::kBool: mutable_data<uint8_t>()[row] = value.as_bool() ? 1 : 0; return;
    case Physical::kInt64: mutable_data<int64_t>()[row] = value.as_int64(); return;
    case Physical::kUInt64: mutable_data<uint64_t>()[row] = value.as_uint64(); return;
    case Physical::kFloat64: mutable_data<double>()[row] = value.as_float64(); return;
    case Physical::kInt128: mutable_data<Int128>()[row] = value.as_int128(); return;
    case Physical::kFixed16: mutable_data<Fixed16>()[row] = value.as_fixed16(); return;
    case Physical::kString:
      mutable_data<std::string_view>()[row] = arena().Copy(value.as_string());
      return;
    case Physical::kCode: mutable_data<uint16_t>()[row] = value.as_code(); return;
    case Physical::kList: {
      ColumnGather elements(type_.element(), /*copy_strings=*/false);
      elements.Append(children_[0].get(), RowSet::All(children_[0]->length()));
      const uint32_t offset = elements.size();
      for (const Value& element : value.as_list()) elements.AppendValue(element);
      mutable_data<ListEntry>()[row] = {offset, elements.size() - offset};
      children_[0] = elements.Finish();
      return;
    }
    case Physical::kStruct:
      for (size_t i = 0; i < children_.size(); ++i) {
        children_[i] = WithValue(children_[i], row, value.as_list()[i]);
      }
      return;
    case Physical::kNone: return;
  }
}

}  // namespace weir
