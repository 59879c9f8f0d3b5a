#pragma once

#include <string>
#include <vector>

#include "runtime/format/text_writer.h"
#include "runtime/types/schema.h"
#include "runtime/vector/column.h"

namespace weir {

/// Writes single values of a column as text, the same form everywhere (semantics.md, "JSON out").
/// Bound to one batch's column at a time. One thread.
class ValueWriter {
 public:
  explicit ValueWriter(DataType type);

  void Bind(const Column& column);
  bool IsNull(RowIndex row) const { return validity_ != nullptr && validity_[row & mask_] == 0; }
  /// As JSON; nulls as `null`.
  void PutJson(RowIndex row, TextWriter& out);
  /// Without quotes (a cell of csv, a map key): scalars as their text, nested values as JSON. The
  /// row is not null.
  void PutText(RowIndex row, TextWriter& out);

  const DataType& type() const { return type_; }

 private:
  template <typename T>
  const T& At(RowIndex row) const {
    return reinterpret_cast<const T*>(values_)[row & mask_];
  }
  void PutFloat(RowIndex row, TextWriter& out);
  void PutList(RowIndex row, TextWriter& out);
  void PutMap(RowIndex row, TextWriter& out);
  void PutStruct(RowIndex row, TextWriter& out);
  void PutRawJson(std::string_view json, TextWriter& out);
  /// Scalars that go through a string.
  void PutSlow(RowIndex row, TextWriter& out);

  DataType type_;
  TypeKind kind_;
  int scale_;
  bool quoted_;  ///< a JSON string
  bool wide_decimal_;
  std::vector<std::string> enum_json_;   ///< with quotes
  std::vector<std::string> names_json_;  ///< of a struct: `"name":`
  std::vector<ValueWriter> children_;    ///< list: element; map: key, value; struct: fields
  std::string scratch_;

  const Column* column_ = nullptr;
  const uint8_t* values_ = nullptr;
  const uint8_t* validity_ = nullptr;
  RowIndex mask_ = 0;
};

}  // namespace weir
