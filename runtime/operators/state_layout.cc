#include "runtime/operators/state_layout.h"

#include <cstring>

#include "runtime/operators/state_value.h"
#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

bool IsOwned(Physical physical) {
  return physical == Physical::kString || physical == Physical::kList ||
         physical == Physical::kStruct;
}

size_t StoredSize(Physical physical) {
  if (physical == Physical::kString) return sizeof(std::string*);
  if (physical == Physical::kList || physical == Physical::kStruct) return sizeof(Value*);
  return PhysicalSize(physical);
}

std::string*& StringAt(uint8_t* place) { return *reinterpret_cast<std::string**>(place); }
Value*& ValueAt(uint8_t* place) { return *reinterpret_cast<Value**>(place); }
const std::string* StringAt(const uint8_t* place) {
  return *reinterpret_cast<std::string* const*>(place);
}
const Value* ValueAt(const uint8_t* place) { return *reinterpret_cast<Value* const*>(place); }

template <typename T>
void GatherFixed(size_t offset, std::span<uint8_t* const> blocks, Column& column) {
  T* out = column.mutable_data<T>();
  for (size_t i = 0; i < blocks.size(); ++i) std::memcpy(out + i, blocks[i] + offset, sizeof(T));
}

template <typename T>
void ScatterFixed(size_t offset, const Column& column, const RowSet& rows,
                  std::span<uint8_t* const> blocks) {
  const ColumnView<T> view(column);
  rows.ForEach([&](RowIndex row) { std::memcpy(blocks[row] + offset, &view[row], sizeof(T)); });
}

}  // namespace

StateLayout::StateLayout(const std::vector<plan::StateField>& fields, size_t prefix) {
  size_t offset = prefix;
  for (const plan::StateField& field : fields) {
    slots_.push_back({&field, field.type.physical(), offset++, 0});
  }
  for (Slot& slot : slots_) {
    const size_t size = StoredSize(slot.physical);
    const size_t align = size == 0 ? 1 : size;
    offset = (offset + align - 1) / align * align;
    slot.offset = offset;
    offset += size;
  }
  block_size_ = (offset + 15) & ~size_t{15};
}

void StateLayout::Set(const Slot& slot, uint8_t* block, const Value& value) const {
  block[slot.null_offset] = value.is_null() ? 1 : 0;
  uint8_t* place = block + slot.offset;
  switch (slot.physical) {
    case Physical::kString:
      if (StringAt(place) == nullptr) StringAt(place) = new std::string();
      *StringAt(place) = value.is_null() ? std::string() : value.as_string();
      return;
    case Physical::kList:
    case Physical::kStruct:
      if (ValueAt(place) == nullptr) ValueAt(place) = new Value();
      *ValueAt(place) = value;
      return;
    default:
      if (!value.is_null()) StoreFixedValue(value, slot.physical, place);
      return;
  }
}

Value StateLayout::Get(const Slot& slot, const uint8_t* block) const {
  if (block[slot.null_offset] != 0) return Value::Null(slot.field->type);
  const uint8_t* place = block + slot.offset;
  switch (slot.physical) {
    case Physical::kString: return Value(slot.field->type, *StringAt(place));
    case Physical::kList:
    case Physical::kStruct: return *ValueAt(place);
    default: return LoadFixedValue(slot.field->type, slot.physical, place);
  }
}

void StateLayout::Init(uint8_t* block) const {
  for (const Slot& slot : slots_) Set(slot, block, slot.field->initial);
}

void StateLayout::Destroy(uint8_t* block) const {
  for (const Slot& slot : slots_) {
    uint8_t* place = block + slot.offset;
    if (slot.physical == Physical::kString) delete StringAt(place);
    if (slot.physical == Physical::kList || slot.physical == Physical::kStruct) {
      delete ValueAt(place);
    }
  }
}

void StateLayout::Copy(uint8_t* target, const uint8_t* source) const {
  for (const Slot& slot : slots_) {
    if (IsOwned(slot.physical)) {
      Set(slot, target, Get(slot, source));
    } else {
      target[slot.null_offset] = source[slot.null_offset];
      std::memcpy(target + slot.offset, source + slot.offset, StoredSize(slot.physical));
    }
  }
}

MutableColumnPtr StateLayout::Gather(size_t field, std::span<uint8_t* const> blocks) const {
  const Slot& slot = slots_[field];
  const auto count = static_cast<uint32_t>(blocks.size());
  if (slot.physical == Physical::kList || slot.physical == Physical::kStruct) {
    ColumnGather gather(slot.field->type, /*copy_strings=*/true);
    for (const uint8_t* block : blocks) gather.AppendValue(Get(slot, block));
    return std::const_pointer_cast<Column>(Column::Flatten(gather.Finish()));
  }
  MutableColumnPtr column = Column::Make(slot.field->type, count);
  switch (slot.physical) {
    case Physical::kBool: GatherFixed<uint8_t>(slot.offset, blocks, *column); break;
    case Physical::kInt64: GatherFixed<int64_t>(slot.offset, blocks, *column); break;
    case Physical::kUInt64: GatherFixed<uint64_t>(slot.offset, blocks, *column); break;
    case Physical::kFloat64: GatherFixed<double>(slot.offset, blocks, *column); break;
    case Physical::kInt128: GatherFixed<Int128>(slot.offset, blocks, *column); break;
    case Physical::kFixed16: GatherFixed<Fixed16>(slot.offset, blocks, *column); break;
    case Physical::kCode: GatherFixed<uint16_t>(slot.offset, blocks, *column); break;
    case Physical::kString: {
      auto* out = column->mutable_data<std::string_view>();
      for (size_t i = 0; i < blocks.size(); ++i) out[i] = *StringAt(blocks[i] + slot.offset);
      break;
    }
    default: break;
  }
  if (slot.field->type.optional()) {
    uint8_t* valid = column->EnsureValidity();
    for (size_t i = 0; i < blocks.size(); ++i) valid[i] = blocks[i][slot.null_offset] == 0 ? 1 : 0;
  }
  return column;
}

void StateLayout::Scatter(size_t field, const Column& column, const RowSet& rows,
                          std::span<uint8_t* const> blocks, TextWrites& texts) const {
  const Slot& slot = slots_[field];
  rows.ForEach([&](RowIndex row) { blocks[row][slot.null_offset] = column.IsNull(row) ? 1 : 0; });
  switch (slot.physical) {
    case Physical::kBool: ScatterFixed<uint8_t>(slot.offset, column, rows, blocks); return;
    case Physical::kInt64: ScatterFixed<int64_t>(slot.offset, column, rows, blocks); return;
    case Physical::kUInt64: ScatterFixed<uint64_t>(slot.offset, column, rows, blocks); return;
    case Physical::kFloat64: ScatterFixed<double>(slot.offset, column, rows, blocks); return;
    case Physical::kInt128: ScatterFixed<Int128>(slot.offset, column, rows, blocks); return;
    case Physical::kFixed16: ScatterFixed<Fixed16>(slot.offset, column, rows, blocks); return;
    case Physical::kCode: ScatterFixed<uint16_t>(slot.offset, column, rows, blocks); return;
    case Physical::kString: {
      const ColumnView<std::string_view> view(column);
      rows.ForEach([&](RowIndex row) {
        std::string& text = *StringAt(blocks[row] + slot.offset);
        // An unchanged field is a view of this very string.
        if (column.IsNull(row)) {
          texts.emplace_back(&text, std::string());
        } else if (view[row].data() != text.data() || view[row].size() != text.size()) {
          texts.emplace_back(&text, std::string(view[row]));
        }
      });
      return;
    }
    default:
      rows.ForEach([&](RowIndex row) { Set(slot, blocks[row], column.ValueAt(row)); });
      return;
  }
}

Status StateLayout::Merge(uint8_t* target, const uint8_t* source, bool source_is_earlier) const {
  for (const Slot& slot : slots_) {
    WEIR_TRY(MergeField(slot, target, source, source_is_earlier));
  }
  return Status::Ok();
}

Status StateLayout::MergeField(const Slot& slot, uint8_t* target, const uint8_t* source,
                               bool source_is_earlier) const {
  const Value mine = Get(slot, target);
  const Value other = Get(slot, source);
  const Value& earlier = source_is_earlier ? other : mine;
  const Value& later = source_is_earlier ? mine : other;
  WEIR_ASSIGN(Value merged, MergeStateValues(slot.field->merge, earlier, later));
  Set(slot, target, merged);
  return Status::Ok();
}

void StateLayout::Serialize(const uint8_t* block, std::string& out) const {
  for (const Slot& slot : slots_) AppendStateValue(Get(slot, block), out);
}

Status StateLayout::Deserialize(std::string_view& in, uint8_t* block) const {
  for (const Slot& slot : slots_) {
    WEIR_ASSIGN(const Value value, ReadStateValue(slot.field->type, in));
    Set(slot, block, value);
  }
  return Status::Ok();
}

}  // namespace weir
