#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/format/native/native_errors.h"
#include "runtime/vector/column.h"

namespace weir {

/// Some rows of one column of one batch. A block's column is a sequence of them.
struct ColumnSlice {
  const Column* column = nullptr;
  RowSet rows;
};
using ColumnSlices = std::span<const ColumnSlice>;

inline size_t CountRows(ColumnSlices slices) {
  size_t count = 0;
  for (const ColumnSlice& slice : slices) count += slice.rows.count();
  return count;
}

/// Writes one column of a block in ClickHouse's Native format, from columns of one type of the
/// language. Null rows get the type's default (zero, empty): whether they may be null is the
/// concern of the column around it. One thread.
class NativeColumn {
 public:
  explicit NativeColumn(std::string wire_type) : wire_type_(std::move(wire_type)) {}
  virtual ~NativeColumn() = default;

  /// What stands before the column's data, outermost first (the version of a dictionary).
  virtual void WritePrefix(std::string& out) const { (void)out; }
  /// A value that the target can't hold is written as the default and entered into `errors`.
  virtual void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) = 0;

  /// The type that the block names for the column; ClickHouse converts to the table's own.
  const std::string& wire_type() const { return wire_type_; }

 private:
  std::string wire_type_;
};

using NativeColumnPtr = std::unique_ptr<NativeColumn>;

template <typename T>
void AppendFixed(T value, std::string& out) {
  const size_t at = out.size();
  out.resize(at + sizeof(T));
  std::memcpy(out.data() + at, &value, sizeof(T));
}

inline void AppendVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

inline void AppendNativeString(std::string_view text, std::string& out) {
  AppendVarint(text.size(), out);
  out += text;
}

}  // namespace weir
