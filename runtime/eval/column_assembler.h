#pragma once

#include <vector>

#include "runtime/vector/column.h"

namespace weir {

/// Puts a flat column together from rows of several columns of one type: branches of `if`, elements
/// of lists, fields of optional structs. Strings stay views; lists keep their child when it is the
/// only one.
class ColumnAssembler {
 public:
  ColumnAssembler(DataType type, uint32_t length);

  /// Row to[i] becomes row from[i] of `source`; `from` and `to` have the same count and need not be
  /// sorted.
  void Copy(const Column& source, const RowSet& from, const RowSet& to);
  void Copy(const Column& source, const RowSet& rows) { Copy(source, rows, rows); }
  void SetNulls(const RowSet& rows);

  /// The column; the assembler is used up.
  MutableColumnPtr Finish();

 private:
  void CopyNulls(const Column& source, const RowSet& from, const RowSet& to);
  void CopyEntries(const Column& source, const RowSet& from, const RowSet& to);

  MutableColumnPtr out_;
  std::vector<ColumnAssembler> fields_;    ///< of a struct
  std::vector<ColumnPtr> elements_;        ///< of a list: the distinct children so far
  std::vector<uint32_t> element_offsets_;  ///< where each begins in the result's child
};

}  // namespace weir
