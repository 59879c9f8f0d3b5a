#include "runtime/vector/column.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/check.h"
#include "runtime/vector/aligned_buffer.h"

namespace weir {

size_t PhysicalSize(Physical physical) {
  switch (physical) {
    case Physical::kBool: return sizeof(uint8_t);
    case Physical::kInt64: return sizeof(int64_t);
    case Physical::kUInt64: return sizeof(uint64_t);
    case Physical::kFloat64: return sizeof(double);
    case Physical::kInt128: return sizeof(Int128);
    case Physical::kFixed16: return sizeof(Fixed16);
    case Physical::kString: return sizeof(std::string_view);
    case Physical::kCode: return sizeof(uint16_t);
    case Physical::kList: return sizeof(ListEntry);
    case Physical::kStruct:
    case Physical::kNone: return 0;
  }
  return 0;
}

MutableColumnPtr Column::Make(DataType type, uint32_t length) {
  const Physical physical = type.physical();
  if (physical == Physical::kStruct) {
    std::vector<ColumnPtr> children;
    for (const StructField& field : type.fields()) children.push_back(Make(field.type, length));
    return MakeStruct(std::move(type), length, std::move(children));
  }
  if (physical == Physical::kList) {
    ColumnPtr child = Make(type.element(), 0);
    return MakeList(std::move(type), length, std::move(child));
  }
  MutableColumnPtr column(new Column());
  column->values_ = MakeZeroedBuffer(length * PhysicalSize(physical));
  column->length_ = length;
  column->type_ = std::move(type);
  return column;
}

MutableColumnPtr Column::MakeStruct(DataType type, uint32_t length,
                                    std::vector<ColumnPtr> children) {
  WEIR_CHECK(type.fields().size() == children.size(), "{} with {} children", type.ToString(),
             children.size());
  for (const ColumnPtr& child : children) {
    WEIR_CHECK(child->length() == length, "a child of {} rows in a struct of {}", child->length(),
               length);
  }
  MutableColumnPtr column(new Column());
  column->type_ = std::move(type);
  column->length_ = length;
  column->children_ = std::move(children);
  return column;
}

MutableColumnPtr Column::MakeList(DataType type, uint32_t length, ColumnPtr child) {
  WEIR_CHECK(type.physical() == Physical::kList, "{} is no list", type.ToString());
  MutableColumnPtr column(new Column());
  column->type_ = std::move(type);
  column->length_ = length;
  column->values_ = MakeZeroedBuffer(length * sizeof(ListEntry));
  column->children_.push_back(std::move(child));
  return column;
}

ColumnPtr Column::Nulls(DataType type, uint32_t length) {
  MutableColumnPtr column(new Column());
  const Physical physical = type.physical();
  if (physical == Physical::kStruct) {
    for (const StructField& field : type.fields()) {
      column->children_.push_back(Nulls(field.type, length));
    }
  } else if (physical == Physical::kList) {
    column->children_.push_back(Make(type.element(), 0));
  }
  column->values_ = MakeZeroedBuffer(PhysicalSize(physical));
  column->validity_ = MakeZeroedBuffer(1);
  column->type_ = std::move(type);
  column->length_ = length;
  column->constant_ = true;
  return column;
}

ColumnPtr Column::Retype(const ColumnPtr& column, DataType type) {
  WEIR_CHECK(column->type_.physical() == type.physical(), "{} as {}", column->type_.ToString(),
             type.ToString());
  MutableColumnPtr result(new Column(*column));
  if (type.physical() == Physical::kList) {
    result->children_[0] = Retype(result->children_[0], type.element());
  } else if (type.physical() == Physical::kStruct) {
    WEIR_CHECK(type.fields().size() == result->children_.size(), "{} as {}",
               column->type_.ToString(), type.ToString());
    for (size_t i = 0; i < result->children_.size(); ++i) {
      result->children_[i] = Retype(result->children_[i], type.fields()[i].type);
    }
  }
  result->type_ = std::move(type);
  return result;
}

uint8_t* Column::EnsureValidity() {
  if (validity_ == nullptr) {
    const size_t count = constant_ ? 1 : length_;
    validity_ = MakeBuffer(count);
    std::memset(validity_.get(), 1, count);
  }
  return validity_.get();
}

void Column::set_child(int index, ColumnPtr child) {
  WEIR_CHECK(index >= 0 && static_cast<size_t>(index) < children_.size(), "child {} of {}", index,
             type_.ToString());
  WEIR_CHECK(type_.physical() != Physical::kStruct || child->length() == length_,
             "a child of {} rows in a struct of {}", child->length(), length_);
  children_[static_cast<size_t>(index)] = std::move(child);
}

void Column::AddOwnersOf(const Column& other) {
  const auto add = [this](const std::shared_ptr<const void>& owner) {
    // Neighbouring batches share their input buffer: looking at the latest few is enough.
    const size_t first = owners_.size() > 8 ? owners_.size() - 8 : 0;
    for (size_t i = first; i < owners_.size(); ++i) {
      if (owners_[i] == owner) return;
    }
    owners_.push_back(owner);
  };
  if (&other == this) return;
  for (const auto& owner : other.owners_) add(owner);
  if (other.arena_ != nullptr && other.arena_ != arena_) add(other.arena_);
}

StringArena& Column::arena() {
  if (arena_ == nullptr) arena_ = std::make_shared<StringArena>();
  return *arena_;
}

size_t Column::ByteSize() const {
  const size_t rows = constant_ ? 1 : length_;
  size_t bytes = rows * PhysicalSize(type_.physical());
  if (validity_ != nullptr) bytes += rows;
  if (arena_ != nullptr) bytes += arena_->bytes();
  for (const ColumnPtr& child : children_) bytes += child->ByteSize();
  return bytes;
}

}  // namespace weir
