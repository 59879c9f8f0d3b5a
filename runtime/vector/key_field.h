#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/vector/column.h"

namespace weir {

/// How one value of a key is encoded (see KeyEncoder); of a nested type with its inner fields.
struct KeyField {
  explicit KeyField(const DataType& type);

  /// Bytes of the value at `row`, including the null byte.
  size_t SizeOf(const Column& column, RowIndex row) const;
  /// Writes the value at `row`, returns the end.
  char* Write(const Column& column, RowIndex row, char* out) const;

  bool is_fixed() const { return width > 0; }
  /// Bytes of a fixed-width value with its null byte.
  size_t fixed_size() const { return width + (optional ? 1 : 0); }

  Physical physical;
  bool optional;
  bool is_null_type;               ///< null or error: only the null byte, if any
  size_t width;                    ///< of the value; 0 when it varies
  std::vector<std::string> enums;  ///< encoded text by code
  std::vector<KeyField> inner;

 private:
  char* WritePresent(const Column& column, RowIndex row, char* out) const;
};

/// -0 as 0 and every NaN as one, so that equal keys have equal bytes.
double CanonicalFloat(double value);

/// Reads one value that KeyField wrote; moves `bytes` behind it.
Value ReadKeyValue(const DataType& type, std::string_view& bytes);

}  // namespace weir
