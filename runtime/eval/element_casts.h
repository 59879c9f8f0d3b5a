#pragma once

#include "runtime/eval/column_caster.h"

namespace weir {

/// Casts the elements that the entries of `rows` in `lists` name. A row with an element that fails
/// is reported, with the position of the element.
ColumnPtr CastElements(ColumnCaster& caster, const ColumnPtr& elements, const RowSet& rows,
                       const Column& lists, RowErrors& errors);

}  // namespace weir
