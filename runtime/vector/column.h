#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/base/int128.h"
#include "runtime/types/data_type.h"
#include "runtime/types/value.h"
#include "runtime/vector/row_set.h"
#include "runtime/vector/string_arena.h"

namespace weir {

class Column;
/// Columns are immutable and shared once they are part of a batch.
using ColumnPtr = std::shared_ptr<const Column>;
using MutableColumnPtr = std::shared_ptr<Column>;

/// Elements [offset, offset + length) of a list column's child. Entries of one column may overlap
/// and need not be in order (Arrow's ListView), so rows can be written in any order.
struct ListEntry {
  uint32_t offset = 0;
  uint32_t length = 0;
};

/// Values of one column of a batch. Positions are the batch's row numbers: an expression evaluated
/// for some rows leaves the other positions unspecified (but initialised).
///
/// Encodings: flat (one value a row) or constant (one value for all rows). Read through
/// `ColumnView<T>`, which treats both alike. Enums are stored as codes, so a separate dictionary
/// encoding would serve only strings; it is left out until a benchmark asks for it.
///
/// Validity is one byte a row (1 = has a value): random writes by kernels need no masking. A null
/// pointer means that all rows have a value.
///
/// Strings are `std::string_view`s into arenas that the column keeps alive (`owners`): input
/// buffers, arenas of functions, or other columns.
///
/// Writable until shared; afterwards read-only from any thread.
class Column {
 public:
  /// A flat column with room for `length` rows; values are zero, all valid.
  static MutableColumnPtr Make(DataType type, uint32_t length);
  /// A constant column. Null values are allowed.
  static ColumnPtr Constant(const Value& value, uint32_t length);
  /// All rows null.
  static ColumnPtr Nulls(DataType type, uint32_t length);
  static MutableColumnPtr MakeStruct(DataType type, uint32_t length,
                                     std::vector<ColumnPtr> children);
  /// Entries are zero-length until written; `child` may be set later.
  static MutableColumnPtr MakeList(DataType type, uint32_t length, ColumnPtr child);
  /// The same values under another type of the same physical form (narrowed option, renamed enum).
  static ColumnPtr Retype(const ColumnPtr& column, DataType type);

  const DataType& type() const { return type_; }
  uint32_t length() const { return length_; }
  bool is_constant() const { return constant_; }

  template <typename T>
  const T* data() const {
    return reinterpret_cast<const T*>(values_.get());
  }
  template <typename T>
  T* mutable_data() {
    return reinterpret_cast<T*>(values_.get());
  }

  bool has_nulls() const { return validity_ != nullptr; }
  const uint8_t* validity() const { return validity_.get(); }
  bool IsNull(RowIndex row) const {
    return validity_ != nullptr && validity_[constant_ ? 0 : row] == 0;
  }
  /// Allocates validity (all 1) when absent.
  uint8_t* EnsureValidity();
  void SetNull(RowIndex row) { EnsureValidity()[row] = 0; }
  void DropValidity() { validity_.reset(); }

  const std::vector<ColumnPtr>& children() const { return children_; }
  const ColumnPtr& child(int index) const { return children_[static_cast<size_t>(index)]; }
  void set_child(int index, ColumnPtr child);

  /// Keeps `owner` alive as long as this column (arenas of its strings).
  void AddOwner(std::shared_ptr<const void> owner) { owners_.push_back(std::move(owner)); }
  void AddOwnersOf(const Column& other);
  const std::vector<std::shared_ptr<const void>>& owners() const { return owners_; }
  /// An arena owned by this column, made on first use.
  StringArena& arena();

  /// This column as flat (itself when it already is).
  static ColumnPtr Flatten(const ColumnPtr& column);

  Value ValueAt(RowIndex row) const;
  /// Writes `value` (of the same physical form, or null) into `row`; slow, for tests and tables.
  void SetValue(RowIndex row, const Value& value);

  /// Approximate bytes held, without owners that are shared.
  size_t ByteSize() const;

 private:
  Column() = default;
  friend class ColumnGather;

  DataType type_;
  uint32_t length_ = 0;
  bool constant_ = false;
  std::shared_ptr<uint8_t[]> values_;
  std::shared_ptr<uint8_t[]> validity_;
  std::vector<ColumnPtr> children_;
  std::vector<std::shared_ptr<const void>> owners_;
  std::shared_ptr<StringArena> arena_;
};

/// Bytes of one value of a physical form; 0 for struct and none.
size_t PhysicalSize(Physical physical);

/// Reads values of a flat or constant column alike: `view[row]`, no branch.
template <typename T>
class ColumnView {
 public:
  explicit ColumnView(const Column& column)
      : data_(column.data<T>()),
        validity_(column.validity()),
        mask_(column.is_constant() ? 0 : ~RowIndex{0}) {}
  const T& operator[](RowIndex row) const { return data_[row & mask_]; }
  bool IsNull(RowIndex row) const { return validity_ != nullptr && validity_[row & mask_] == 0; }
  bool has_nulls() const { return validity_ != nullptr; }
  bool is_constant() const { return mask_ == 0; }

 private:
  const T* data_;
  const uint8_t* validity_;
  RowIndex mask_;
};

}  // namespace weir
