#include "runtime/vector/key_encoder.h"

#include <cstring>

#include "runtime/base/check.h"
#include "runtime/base/hash.h"
#include "runtime/vector/column_gather.h"

namespace weir {
namespace {

template <typename T>
T Canonical(T value) {
  return value;
}
double Canonical(double value) { return CanonicalFloat(value); }

/// Writes one fixed-width column into keys of `stride` bytes, `out` being its place in the first.
template <typename T>
void WriteFixed(const Column& column, bool optional, const RowSet& rows, char* out, size_t stride) {
  const ColumnView<T> view(column);
  if (!optional) {
    for (uint32_t i = 0; i < rows.count(); ++i, out += stride) {
      const T value = Canonical(view[rows[i]]);
      std::memcpy(out, &value, sizeof(T));
    }
    return;
  }
  for (uint32_t i = 0; i < rows.count(); ++i, out += stride) {
    const bool is_null = view.IsNull(rows[i]);
    const T value = is_null ? T{} : Canonical(view[rows[i]]);
    *out = is_null ? 0 : 1;
    std::memcpy(out + 1, &value, sizeof(T));
  }
}

void WriteFixedColumn(const Column& column, const KeyField& field, const RowSet& rows, char* out,
                      size_t stride) {
  switch (field.physical) {
    case Physical::kBool: WriteFixed<uint8_t>(column, field.optional, rows, out, stride); return;
    case Physical::kInt64: WriteFixed<int64_t>(column, field.optional, rows, out, stride); return;
    case Physical::kUInt64: WriteFixed<uint64_t>(column, field.optional, rows, out, stride); return;
    case Physical::kFloat64: WriteFixed<double>(column, field.optional, rows, out, stride); return;
    case Physical::kInt128: WriteFixed<Int128>(column, field.optional, rows, out, stride); return;
    case Physical::kFixed16: WriteFixed<Fixed16>(column, field.optional, rows, out, stride); return;
    default: WEIR_CHECK(false, "a key column of no fixed width");
  }
}

}  // namespace

KeyEncoder::KeyEncoder(std::vector<DataType> types) : types_(std::move(types)) {
  fixed_width_ = true;
  for (const DataType& type : types_) {
    fields_.emplace_back(type);
    fixed_width_ = fixed_width_ && fields_.back().is_fixed();
    stride_ += fields_.back().fixed_size();
  }
}

void KeyEncoder::Encode(const std::vector<const Column*>& columns, const RowSet& rows,
                        uint32_t capacity) {
  WEIR_CHECK(columns.size() == types_.size(), "{} columns for a key of {}", columns.size(),
             types_.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    WEIR_CHECK(columns[i]->type().physical() == fields_[i].physical, "{} as key of type {}",
               columns[i]->type().ToString(), types_[i].ToString());
  }
  if (keys_.size() < capacity) {
    keys_.resize(capacity);
    hashes_.resize(capacity);
  }
  if (fixed_width_) {
    EncodeFixed(columns, rows);
  } else {
    EncodeVariable(columns, rows);
  }
  HashKeys(rows);
}

void KeyEncoder::EncodeFixed(const std::vector<const Column*>& columns, const RowSet& rows) {
  const size_t needed = rows.count() * stride_;
  if (bytes_.size() < needed) bytes_.resize(needed);
  size_t offset = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    WriteFixedColumn(*columns[i], fields_[i], rows, bytes_.data() + offset, stride_);
    offset += fields_[i].fixed_size();
  }
  for (uint32_t i = 0; i < rows.count(); ++i) {
    keys_[rows[i]] = {bytes_.data() + i * stride_, stride_};
  }
}

/// Adds the sizes of the column's values to `cursors_`.
void KeyEncoder::Measure(const Column& column, const KeyField& field, const RowSet& rows) {
  if (field.is_fixed()) {
    for (uint32_t i = 0; i < rows.count(); ++i) {
      cursors_[i] += static_cast<uint32_t>(field.fixed_size());
    }
  } else if (field.physical == Physical::kString && !field.optional) {
    const ColumnView<std::string_view> view(column);
    for (uint32_t i = 0; i < rows.count(); ++i) {
      cursors_[i] += static_cast<uint32_t>(sizeof(uint32_t) + view[rows[i]].size());
    }
  } else {
    for (uint32_t i = 0; i < rows.count(); ++i) {
      cursors_[i] += static_cast<uint32_t>(field.SizeOf(column, rows[i]));
    }
  }
}

void KeyEncoder::WriteVariable(const Column& column, const KeyField& field, const RowSet& rows) {
  for (uint32_t i = 0; i < rows.count(); ++i) {
    char* const start = bytes_.data() + cursors_[i];
    char* const end = field.Write(column, rows[i], start);
    cursors_[i] += static_cast<uint32_t>(end - start);
  }
}

/// Measures all keys, lays them out one behind the other, then writes column after column.
void KeyEncoder::EncodeVariable(const std::vector<const Column*>& columns, const RowSet& rows) {
  cursors_.assign(rows.count(), 0);
  for (size_t i = 0; i < columns.size(); ++i) Measure(*columns[i], fields_[i], rows);
  size_t total = 0;
  for (uint32_t& cursor : cursors_) {
    const uint32_t size = cursor;
    cursor = static_cast<uint32_t>(total);
    total += size;
  }
  WEIR_CHECK(total <= UINT32_MAX, "keys of one batch need {} bytes", total);
  if (bytes_.size() < total) bytes_.resize(total);
  for (size_t i = 0; i < columns.size(); ++i) WriteVariable(*columns[i], fields_[i], rows);
  uint32_t start = 0;
  for (uint32_t i = 0; i < rows.count(); ++i) {
    keys_[rows[i]] = {bytes_.data() + start, cursors_[i] - start};
    start = cursors_[i];
  }
}

void KeyEncoder::HashKeys(const RowSet& rows) {
  for (uint32_t i = 0; i < rows.count(); ++i) {
    const RowIndex row = rows[i];
    hashes_[row] = HashBytes(keys_[row]);
  }
}

std::vector<ColumnPtr> KeyEncoder::Decode(const std::vector<DataType>& types,
                                          const std::vector<std::string_view>& keys) {
  std::vector<ColumnGather> gathers;
  for (const DataType& type : types) gathers.emplace_back(type, /*copy_strings=*/true);
  for (std::string_view key : keys) {
    for (size_t i = 0; i < types.size(); ++i) gathers[i].AppendValue(ReadKeyValue(types[i], key));
    WEIR_CHECK(key.empty(), "{} bytes behind a stored key", key.size());
  }
  std::vector<ColumnPtr> columns;
  for (ColumnGather& gather : gathers) columns.push_back(gather.Finish());
  return columns;
}

}  // namespace weir
