#pragma once

#include <absl/container/inlined_vector.h>

#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/source_node.h"
#include "runtime/base/result.h"
#include "runtime/eval/predicate.h"
#include "runtime/vector/column.h"

namespace weir {

/// A condition on parts of a column: elements of lists, values of maps, fields of structs in them.
/// One thread.
class PartConstraint {
 public:
  struct Refused {
    RowIndex row = 0;
    std::string path;  ///< the first bad part: `[2].quantity`
  };

  static Result<PartConstraint> Compile(const plan::PartDemand& demand);

  /// Appends the rows of `rows` (sorted) that have a part which does not satisfy the condition,
  /// each once. Nulls satisfy it; a part for which it has no value does not.
  void Check(const ColumnPtr& column, const RowIndices& rows, Micros now,
             std::vector<Refused>& refused);

  const std::string& text() const { return demand_.text; }

 private:
  /// A part of a row while the path is walked.
  struct Place {
    RowIndex row;
    RowIndex at;  ///< in the column of the part
    /// Per step into elements: the number in its list, the row of the key in its map.
    absl::InlinedVector<RowIndex, 4> trail;
  };

  PartConstraint(plan::PartDemand demand, std::unique_ptr<Predicate> predicate)
      : demand_(std::move(demand)), predicate_(std::move(predicate)) {}
  /// From a struct to its field, from a list or map to each element.
  static ColumnPtr Step(const ColumnPtr& column, int step, std::vector<Place>& places);
  /// `columns`: where each step starts.
  std::string PathOf(const Place& place, const std::vector<ColumnPtr>& columns) const;

  plan::PartDemand demand_;
  std::unique_ptr<Predicate> predicate_;
};

}  // namespace weir
