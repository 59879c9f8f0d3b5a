#include "runtime/operators/column_copy.h"

#include "runtime/vector/column_gather.h"

namespace weir {
namespace {

template <typename T>
void CopyFixed(const Column& source, const RowSet& rows, Column& target) {
  const ColumnView<T> view(source);
  T* out = target.mutable_data<T>();
  rows.ForEach([&](RowIndex row) { out[row] = view[row]; });
}

}  // namespace

void CopyRows(const ColumnPtr& source, const RowSet& rows, Column& target) {
  switch (target.type().physical()) {
    case Physical::kBool: CopyFixed<uint8_t>(*source, rows, target); break;
    case Physical::kInt64: CopyFixed<int64_t>(*source, rows, target); break;
    case Physical::kUInt64: CopyFixed<uint64_t>(*source, rows, target); break;
    case Physical::kFloat64: CopyFixed<double>(*source, rows, target); break;
    case Physical::kInt128: CopyFixed<Int128>(*source, rows, target); break;
    case Physical::kFixed16: CopyFixed<Fixed16>(*source, rows, target); break;
    case Physical::kCode: CopyFixed<uint16_t>(*source, rows, target); break;
    case Physical::kString:
      CopyFixed<std::string_view>(*source, rows, target);
      target.AddOwner(source);
      break;
    case Physical::kList:
    case Physical::kStruct:
      rows.ForEach([&](RowIndex row) { target.SetValue(row, source->ValueAt(row)); });
      return;
    case Physical::kNone: break;
  }
  if (!source->has_nulls() && !target.has_nulls()) return;
  uint8_t* valid = target.EnsureValidity();
  rows.ForEach([&](RowIndex row) { valid[row] = source->IsNull(row) ? 0 : 1; });
}

MutableColumnPtr DeepCopyRows(const ColumnPtr& source, const RowSet& rows) {
  MutableColumnPtr copy = Column::Make(source->type(), source->length());
  if (source->type().physical() != Physical::kString) {
    CopyRows(source, rows, *copy);
    return copy;
  }
  const ColumnView<std::string_view> view(*source);
  auto* out = copy->mutable_data<std::string_view>();
  rows.ForEach([&](RowIndex row) {
    if (view.IsNull(row)) {
      copy->SetNull(row);
    } else {
      out[row] = copy->arena().Copy(view[row]);
    }
  });
  return copy;
}

ColumnPtr GatherRows(const ColumnPtr& column, const RowIndices& rows) {
  if (column == nullptr) return nullptr;
  const auto count = static_cast<uint32_t>(rows.size());
  if (column->is_constant()) return Column::Constant(column->ValueAt(0), count);
  if (column->type().physical() == Physical::kList) {
    // Elements are shared: a long list beside each of its elements must not be copied as often.
    MutableColumnPtr list = Column::MakeList(column->type(), count, column->child(0));
    const ColumnView<ListEntry> entries(*column);
    for (uint32_t i = 0; i < count; ++i) {
      list->mutable_data<ListEntry>()[i] = entries[rows[i]];
      if (column->IsNull(rows[i])) list->SetNull(i);
    }
    list->AddOwnersOf(*column);
    return list;
  }
  ColumnGather gather(column->type(), /*copy_strings=*/false);
  gather.Append(column.get(), RowSet::Of(rows));
  return gather.Finish();
}

HiddenColumns GatherHiddenRows(const HiddenColumns& hidden, const RowIndices& rows) {
  HiddenColumns out;
  for (const HiddenColumnDef& def : kHiddenColumnDefs) {
    out.*def.member = GatherRows(hidden.*def.member, rows);
  }
  return out;
}

}  // namespace weir
