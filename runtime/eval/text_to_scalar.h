#pragma once

#include <optional>

#include "runtime/format/scalar_parser.h"
#include "runtime/vector/column.h"
#include "stdlib/api/kernel_context.h"

namespace weir {

/// Text to a scalar of `to`, in the forms of runtime/types/text.h. One thread.
class TextToScalar {
 public:
  explicit TextToScalar(DataType to);

  /// Writes the value to `row` of `out` (flat, of type `to`); a text that is none is reported.
  /// A string is stored as the view it is: the caller keeps its owner.
  void Store(std::string_view text, RowIndex row, Column& out, RowErrors& errors);

 private:
  DataType to_;
  size_t size_;
  std::optional<ScalarParser> parser_;  ///< none for string and bytes
};

}  // namespace weir
