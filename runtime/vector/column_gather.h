#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/vector/column.h"
#include "runtime/vector/row_set.h"

namespace weir {

/// Appends rows of columns of one type into a new flat column; stays constant while every appended
/// range is the same constant. Strings are views: their owners are kept, or, when `copy_strings`,
/// their bytes are copied so that a few rows don't pin a large buffer.
class ColumnGather {
 public:
  ColumnGather(DataType type, bool copy_strings);
  ~ColumnGather();
  ColumnGather(ColumnGather&&) noexcept;
  ColumnGather& operator=(ColumnGather&&) noexcept;

  /// `column` may be null (absent hidden column): appends nulls.
  void Append(const Column* column, const RowSet& rows);
  void AppendValue(const Value& value);
  void AppendNulls(uint32_t count);
  uint32_t size() const;
  /// Bytes of the values appended so far, those of strings included (also when only viewed).
  size_t bytes() const;
  /// The column built so far; the gather is empty afterwards.
  ColumnPtr Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
