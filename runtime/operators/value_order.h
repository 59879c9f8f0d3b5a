#pragma once

#include "runtime/types/value.h"

namespace weir {

/// Total order of two values of one type: -1, 0, 1. Null comes first, then NaN; enums by their
/// declared order, lists and structs element by element.
int CompareInOrder(const Value& a, const Value& b);

}  // namespace weir
