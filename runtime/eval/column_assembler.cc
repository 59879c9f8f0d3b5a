#include "runtime/eval/column_assembler.h"

#include "runtime/base/check.h"
#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

template <typename T>
void CopyValues(const Column& source, const RowSet& from, const RowSet& to, Column& out) {
  ColumnView<T> values(source);
  T* target = out.mutable_data<T>();
  for (uint32_t i = 0; i < from.count(); ++i) target[to[i]] = values[from[i]];
}

}  // namespace

ColumnAssembler::ColumnAssembler(DataType type, uint32_t length) {
  if (type.physical() == Physical::kStruct) {
    for (const StructField& field : type.fields()) fields_.emplace_back(field.type, length);
  }
  out_ = Column::Make(std::move(type), length);
}

void ColumnAssembler::CopyNulls(const Column& source, const RowSet& from, const RowSet& to) {
  if (!source.has_nulls()) return;
  const uint8_t* validity = source.validity();
  const RowIndex mask = source.is_constant() ? 0 : ~RowIndex{0};
  for (uint32_t i = 0; i < from.count(); ++i) {
    if (validity[from[i] & mask] == 0) out_->SetNull(to[i]);
  }
}

void ColumnAssembler::CopyEntries(const Column& source, const RowSet& from, const RowSet& to) {
  const ColumnPtr& child = source.child(0);
  size_t known = 0;
  while (known < elements_.size() && elements_[known] != child) ++known;
  if (known == elements_.size()) {
    uint32_t begin = known == 0 ? 0 : element_offsets_[known - 1] + elements_[known - 1]->length();
    elements_.push_back(child);
    element_offsets_.push_back(begin);
  }
  uint32_t shift = element_offsets_[known];
  ColumnView<ListEntry> entries(source);
  ListEntry* target = out_->mutable_data<ListEntry>();
  for (uint32_t i = 0; i < from.count(); ++i) {
    ListEntry entry = entries[from[i]];
    target[to[i]] = {entry.offset + shift, entry.length};
  }
}

void ColumnAssembler::Copy(const Column& source, const RowSet& from, const RowSet& to) {
  if (from.empty()) return;
  Physical physical = source.type().physical();
  WEIR_CHECK(physical == Physical::kNone || physical == out_->type().physical(), "{} into {}",
             source.type().ToString(), out_->type().ToString());
  switch (physical) {
    case Physical::kBool: CopyValues<uint8_t>(source, from, to, *out_); break;
    case Physical::kInt64: CopyValues<int64_t>(source, from, to, *out_); break;
    case Physical::kUInt64: CopyValues<uint64_t>(source, from, to, *out_); break;
    case Physical::kFloat64: CopyValues<double>(source, from, to, *out_); break;
    case Physical::kInt128: CopyValues<Int128>(source, from, to, *out_); break;
    case Physical::kFixed16: CopyValues<Fixed16>(source, from, to, *out_); break;
    case Physical::kCode: CopyValues<uint16_t>(source, from, to, *out_); break;
    case Physical::kString:
      CopyValues<std::string_view>(source, from, to, *out_);
      out_->AddOwnersOf(source);
      break;
    case Physical::kList: CopyEntries(source, from, to); break;
    case Physical::kStruct:
      for (size_t i = 0; i < fields_.size(); ++i) {
        fields_[i].Copy(*source.child(static_cast<int>(i)), from, to);
      }
      break;
    case Physical::kNone: SetNulls(to); return;
  }
  CopyNulls(source, from, to);
}

void ColumnAssembler::SetNulls(const RowSet& rows) {
  if (rows.empty()) return;
  uint8_t* validity = out_->EnsureValidity();
  rows.ForEach([&](RowIndex row) { validity[row] = 0; });
}

MutableColumnPtr ColumnAssembler::Finish() {
  for (size_t i = 0; i < fields_.size(); ++i) {
    out_->set_child(static_cast<int>(i), fields_[i].Finish());
  }
  if (elements_.size() == 1) {
    out_->set_child(0, std::move(elements_[0]));
  } else if (elements_.size() > 1) {
    ColumnGather gather(out_->type().element(), /*copy_strings=*/false);
    for (const ColumnPtr& child : elements_) {
      gather.Append(child.get(), RowSet::All(child->length()));
    }
    out_->set_child(0, Column::Flatten(gather.Finish()));
  }
  return std::move(out_);
}

}  // namespace weir
