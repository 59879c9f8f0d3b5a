#include "runtime/vector/column_gather.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/vector/aligned_buffer.h"

namespace weir {

/// Values are written into one growing buffer. While every row so far was the same constant, the
/// buffer holds that one value (`constant`); the first other row repeats it.
struct ColumnGather::Impl {
  Impl(DataType gathered, bool copy);

  void Append(const Column& column, const RowSet& rows);
  void AppendNulls(uint32_t count);
  void AppendValue(const Value& value);
  ColumnPtr Finish();

  bool TryConstant(const Column& column, uint32_t count);
  bool SameConstant(const Column& column) const;
  void StartConstant(const Column& column, uint32_t count);
  void MakeFlat();
  void Reserve(uint32_t count);
  void GrowTo(size_t capacity);
  void EnsureValidity();

  void AppendValidity(const Column& column, const RowSet& rows);
  void AppendFlat(const Column& column, const RowSet& rows);
  template <typename T>
  void AppendFixed(const Column& column, const RowSet& rows);
  void AppendStrings(const Column& column, const RowSet& rows);
  void AppendStringCopies(const Column& column, const RowSet& rows);
  void AppendLists(const Column& column, const RowSet& rows);
  void AppendChildren(const Column& column, const RowSet& rows);
  void WriteValue(const Value& value);

  template <typename T>
  T* values() {
    return reinterpret_cast<T*>(target->values_.get());
  }

  DataType type;
  Physical physical;
  size_t width;
  bool copy_strings;
  MutableColumnPtr target;  ///< holds owners and arena; values, validity and length while growing
  std::vector<ColumnGather> children;
  uint32_t size = 0;
  size_t capacity = 0;
  size_t bytes = 0;
  bool constant = false;
  RowIndices child_rows;  ///< scratch
};

namespace {

/// Types of the children that a column of `type` has.
std::vector<DataType> ChildTypes(const DataType& type) {
  std::vector<DataType> types;
  if (type.physical() == Physical::kList) types.push_back(type.element());
  if (type.physical() == Physical::kStruct) {
    for (const StructField& field : type.fields()) types.push_back(field.type);
  }
  return types;
}

}  // namespace

ColumnGather::Impl::Impl(DataType gathered, bool copy)
    : type(std::move(gathered)),
      physical(type.physical()),
      width(PhysicalSize(physical)),
      copy_strings(copy),
      target(new Column()) {
  for (DataType& child : ChildTypes(type)) children.emplace_back(std::move(child), copy);
}

void ColumnGather::Impl::GrowTo(size_t wanted) {
  const size_t rows = constant ? 1 : size;
  std::shared_ptr<uint8_t[]> grown = MakeBuffer(wanted * width);
  if (rows > 0 && width > 0) std::memcpy(grown.get(), target->values_.get(), rows * width);
  target->values_ = std::move(grown);
  if (target->validity_ != nullptr) {
    grown = MakeBuffer(wanted);
    if (rows > 0) std::memcpy(grown.get(), target->validity_.get(), rows);
    target->validity_ = std::move(grown);
  }
  capacity = wanted;
}

/// Room for `count` more rows: exactly that at first, doubling later.
void ColumnGather::Impl::Reserve(uint32_t count) {
  WEIR_CHECK(count <= UINT32_MAX - size, "a column of more than 2^32 rows");
  const size_t needed = size_t{size} + count;
  if (needed > capacity || target->values_ == nullptr) {
    GrowTo(capacity == 0 ? needed : std::max(needed, capacity * 2));
  }
}

void ColumnGather::Impl::EnsureValidity() {
  if (target->validity_ != nullptr) return;
  target->validity_ = MakeBuffer(capacity);
  std::memset(target->validity_.get(), 1, constant ? 1 : size);
}

bool ColumnGather::Impl::SameConstant(const Column& column) const {
  const bool was_null = target->validity_ != nullptr && target->validity_[0] == 0;
  const bool is_null = column.IsNull(0);
  if (was_null || is_null) return was_null && is_null;
  switch (physical) {
    case Physical::kString:
      return reinterpret_cast<const std::string_view*>(target->values_.get())[0] ==
             column.data<std::string_view>()[0];
    case Physical::kList:
    case Physical::kStruct: return false;  // not worth comparing
    default: return std::memcmp(target->values_.get(), column.data<uint8_t>(), width) == 0;
  }
}

/// Appends `count` rows of a constant column when the result stays constant.
bool ColumnGather::Impl::TryConstant(const Column& column, uint32_t count) {
  if (!column.is_constant() || (size > 0 && !constant)) return false;
  if (size > 0) {
    if (!SameConstant(column)) return false;
    if (physical == Physical::kStruct) {
      for (ColumnGather& child : children) child.AppendNulls(count);
    }
  } else {
    if (physical == Physical::kStruct && !column.IsNull(0)) return false;
    StartConstant(column, count);
  }
  size += count;
  return true;
}

void ColumnGather::Impl::StartConstant(const Column& column, uint32_t count) {
  const RowIndex first = 0;
  Reserve(1);
  if (column.IsNull(0)) {
    EnsureValidity();
    target->validity_[0] = 0;
    std::memset(target->values_.get(), 0, width);
    if (physical == Physical::kStruct) {
      for (ColumnGather& child : children) child.AppendNulls(count);
    }
  } else {
    AppendFlat(column, RowSet(&first, 1));
    if (target->validity_ != nullptr) target->validity_[0] = 1;
  }
  constant = true;
}

void ColumnGather::Impl::MakeFlat() {
  if (!constant) return;
  if (size > capacity) GrowTo(size);
  constant = false;
  uint8_t* const data = target->values_.get();
  if (width > 0) {
    for (uint32_t row = 1; row < size; ++row) std::memcpy(data + row * width, data, width);
  }
  if (target->validity_ != nullptr) {
    std::memset(target->validity_.get(), target->validity_[0], size);
  }
}

void ColumnGather::Impl::AppendValidity(const Column& column, const RowSet& rows) {
  if (!column.has_nulls()) {
    if (target->validity_ != nullptr) {
      std::memset(target->validity_.get() + size, 1, rows.count());
    }
    return;
  }
  EnsureValidity();
  uint8_t* const validity = target->validity_.get() + size;
  if (column.is_constant()) {
    std::memset(validity, column.validity()[0], rows.count());
  } else if (rows.is_dense()) {
    std::memcpy(validity, column.validity(), rows.count());
  } else {
    for (uint32_t i = 0; i < rows.count(); ++i) validity[i] = column.validity()[rows[i]];
  }
}

template <typename T>
void ColumnGather::Impl::AppendFixed(const Column& column, const RowSet& rows) {
  T* const out = values<T>() + size;
  const T* const in = column.data<T>();
  const uint32_t count = rows.count();
  if (column.is_constant()) {
    std::fill_n(out, count, in[0]);
  } else if (rows.is_dense()) {
    std::copy_n(in, count, out);
  } else {
    for (uint32_t i = 0; i < count; ++i) out[i] = in[rows[i]];
  }
}

void ColumnGather::Impl::AppendStrings(const Column& column, const RowSet& rows) {
  const uint32_t count = rows.count();
  if (copy_strings) {
    AppendStringCopies(column, rows);
  } else {
    AppendFixed<std::string_view>(column, rows);
    target->AddOwnersOf(column);
    std::string_view* const out = values<std::string_view>() + size;
    for (uint32_t i = 0; i < count; ++i) {
      if (column.has_nulls() && column.IsNull(rows[i])) out[i] = {};
      bytes += out[i].size();
    }
  }
}

/// One allocation for all rows; the bytes of a constant are copied once.
void ColumnGather::Impl::AppendStringCopies(const Column& column, const RowSet& rows) {
  const uint32_t count = rows.count();
  const ColumnView<std::string_view> in(column);
  std::string_view* const out = values<std::string_view>() + size;
  if (column.is_constant()) {
    const std::string_view text =
        column.IsNull(0) ? std::string_view() : target->arena().Copy(in[0]);
    std::fill_n(out, count, text);
    bytes += text.size();
    return;
  }
  size_t total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    out[i] = in.IsNull(rows[i]) ? std::string_view() : in[rows[i]];
    total += out[i].size();
  }
  if (total == 0) return;
  char* cursor = target->arena().Allocate(total);
  for (uint32_t i = 0; i < count; ++i) {
    const size_t length = out[i].size();
    if (length == 0) continue;
    std::memcpy(cursor, out[i].data(), length);
    out[i] = {cursor, length};
    cursor += length;
  }
  bytes += total;
}

void ColumnGather::Impl::AppendLists(const Column& column, const RowSet& rows) {
  const ColumnView<ListEntry> in(column);
  ListEntry* const out = values<ListEntry>() + size;
  child_rows.clear();
  uint32_t offset = children[0].size();
  if (column.is_constant()) {
    ListEntry entry = column.IsNull(0) ? ListEntry{} : in[0];
    for (uint32_t i = 0; i < entry.length; ++i) child_rows.push_back(entry.offset + i);
    entry.offset = offset;
    std::fill_n(out, rows.count(), entry);
  } else {
    // Rows that a flatten made of one row share its list: it is copied once, not once per element.
    ListEntry last, copy;
    for (uint32_t i = 0; i < rows.count(); ++i) {
      const RowIndex row = rows[i];
      const ListEntry entry = in.IsNull(row) ? ListEntry{} : in[row];
      if (entry.length > 0 && entry.offset == last.offset && entry.length == last.length) {
        out[i] = copy;
        continue;
      }
      for (uint32_t k = 0; k < entry.length; ++k) child_rows.push_back(entry.offset + k);
      last = entry;
      out[i] = copy = {offset, entry.length};
      offset += entry.length;
    }
  }
  children[0].Append(column.child(0).get(), RowSet::Of(child_rows));
}

void ColumnGather::Impl::AppendChildren(const Column& column, const RowSet& rows) {
  for (size_t i = 0; i < children.size(); ++i) {
    children[i].Append(column.children()[i].get(), rows);
  }
}

/// Values only, behind the `size` rows that are there; not their validity.
void ColumnGather::Impl::AppendFlat(const Column& column, const RowSet& rows) {
  bytes += width * rows.count();
  switch (physical) {
    case Physical::kBool: AppendFixed<uint8_t>(column, rows); return;
    case Physical::kInt64: AppendFixed<int64_t>(column, rows); return;
    case Physical::kUInt64: AppendFixed<uint64_t>(column, rows); return;
    case Physical::kFloat64: AppendFixed<double>(column, rows); return;
    case Physical::kInt128: AppendFixed<Int128>(column, rows); return;
    case Physical::kFixed16: AppendFixed<Fixed16>(column, rows); return;
    case Physical::kCode: AppendFixed<uint16_t>(column, rows); return;
    case Physical::kString: AppendStrings(column, rows); return;
    case Physical::kList: AppendLists(column, rows); return;
    case Physical::kStruct: AppendChildren(column, rows); return;
    case Physical::kNone: return;
  }
}

void ColumnGather::Impl::Append(const Column& column, const RowSet& rows) {
  WEIR_CHECK(column.type().physical() == physical, "{} appended to {}", column.type().ToString(),
             type.ToString());
  if (rows.empty() || TryConstant(column, rows.count())) return;
  Reserve(rows.count());
  MakeFlat();
  AppendValidity(column, rows);
  AppendFlat(column, rows);
  size += rows.count();
}

void ColumnGather::Impl::AppendNulls(uint32_t count) {
  if (count == 0) return;
  if (size == 0 || constant) {
    const ColumnPtr nulls = Column::Nulls(type, count);
    Append(*nulls, RowSet::All(count));
    return;
  }
  Reserve(count);
  EnsureValidity();
  std::memset(target->validity_.get() + size, 0, count);
  if (width > 0) std::memset(target->values_.get() + size * width, 0, count * width);
  if (physical == Physical::kStruct) {
    for (ColumnGather& child : children) child.AppendNulls(count);
  }
  size += count;
}

void ColumnGather::Impl::AppendValue(const Value& value) {
  Reserve(1);
  MakeFlat();
  if (value.is_null()) EnsureValidity();
  if (target->validity_ != nullptr) target->validity_[size] = value.is_null() ? 0 : 1;
  bytes += width;
  if (!value.is_null()) {
    WriteValue(value);
  } else {
    if (width > 0) std::memset(target->values_.get() + size * width, 0, width);
    if (physical == Physical::kStruct) {
      for (ColumnGather& child : children) child.AppendNulls(1);
    }
  }
  ++size;
}

void ColumnGather::Impl::WriteValue(const Value& value) {
  switch (physical) {
    case Physical::kBool: values<uint8_t>()[size] = value.as_bool() ? 1 : 0; return;
    case Physical::kInt64: values<int64_t>()[size] = value.as_int64(); return;
    case Physical::kUInt64: values<uint64_t>()[size] = value.as_uint64(); return;
    case Physical::kFloat64: values<double>()[size] = value.as_float64(); return;
    case Physical::kInt128: values<Int128>()[size] = value.as_int128(); return;
    case Physical::kFixed16: values<Fixed16>()[size] = value.as_fixed16(); return;
    case Physical::kCode: values<uint16_t>()[size] = value.as_code(); return;
    case Physical::kString:
      values<std::string_view>()[size] = target->arena().Copy(value.as_string());
      bytes += value.as_string().size();
      return;
    case Physical::kList: {
      const Value::List& elements = value.as_list();
      values<ListEntry>()[size] = {children[0].size(), static_cast<uint32_t>(elements.size())};
      for (const Value& element : elements) children[0].AppendValue(element);
      return;
    }
    case Physical::kStruct:
      for (size_t i = 0; i < children.size(); ++i) children[i].AppendValue(value.as_list()[i]);
      return;
    case Physical::kNone: return;
  }
}

ColumnPtr ColumnGather::Impl::Finish() {
  if (target->values_ == nullptr) GrowTo(0);
  target->type_ = type;
  target->length_ = size;
  target->constant_ = constant;
  for (ColumnGather& child : children) target->children_.push_back(child.Finish());
  ColumnPtr result = std::move(target);
  target.reset(new Column());
  size = 0;
  capacity = 0;
  bytes = 0;
  constant = false;
  return result;
}

ColumnGather::ColumnGather(DataType type, bool copy_strings)
    : impl_(std::make_unique<Impl>(std::move(type), copy_strings)) {}
ColumnGather::~ColumnGather() = default;
ColumnGather::ColumnGather(ColumnGather&&) noexcept = default;
ColumnGather& ColumnGather::operator=(ColumnGather&&) noexcept = default;

void ColumnGather::Append(const Column* column, const RowSet& rows) {
  if (column == nullptr) {
    impl_->AppendNulls(rows.count());
  } else {
    impl_->Append(*column, rows);
  }
}

void ColumnGather::AppendValue(const Value& value) { impl_->AppendValue(value); }
void ColumnGather::AppendNulls(uint32_t count) { impl_->AppendNulls(count); }
uint32_t ColumnGather::size() const { return impl_->size; }

size_t ColumnGather::bytes() const {
  size_t total = impl_->bytes;
  for (const ColumnGather& child : impl_->children) total += child.bytes();
  return total;
}

ColumnPtr ColumnGather::Finish() { return impl_->Finish(); }

}  // namespace weir
