#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/vector/column.h"
#include "runtime/vector/key_field.h"

namespace weir {

/// Stable 64-bit hashes of the values of one column: equal values have equal hashes in every run,
/// on every machine and whatever the width of an integer. One batch; one thread.
class ValueHasher {
 public:
  explicit ValueHasher(const Column& column);

  /// The value is not null.
  uint64_t operator()(RowIndex row);

 private:
  template <typename T>
  T At(RowIndex row) const {
    return ColumnView<T>(column_)[row];
  }

  const Column& column_;
  Physical physical_;
  std::vector<uint64_t> of_code_;  ///< of an enum, by the text of its values
  std::optional<KeyField> field_;  ///< of nested types
  std::string bytes_;
};

}  // namespace weir
