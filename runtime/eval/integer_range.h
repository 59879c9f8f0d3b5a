#pragma once

#include <cstdint>
#include <limits>

#include "runtime/types/data_type.h"

namespace weir {

/// Bounds of an integer type in its physical form (of times: all of 64 bits).
struct IntegerRange {
  int64_t min = std::numeric_limits<int64_t>::min();
  int64_t max = std::numeric_limits<int64_t>::max();

  /// Of a type that is stored as int64 (not uint64).
  static IntegerRange Of(const DataType& type) {
    if (!type.is_integer() || type.integer_bits() == 64) return {};
    int bits = type.integer_bits();
    if (type.is_unsigned_integer()) return {0, (int64_t{1} << bits) - 1};
    return {-(int64_t{1} << (bits - 1)), (int64_t{1} << (bits - 1)) - 1};
  }
  bool Contains(int64_t value) const { return value >= min && value <= max; }
};

}  // namespace weir
