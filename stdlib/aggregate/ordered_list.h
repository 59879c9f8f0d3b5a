#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stdlib/aggregate/row_order.h"

namespace weir {

/// The first `limit` values by rank and place, sorted.
struct OrderedList {
  std::vector<PlacedValue> values;
  size_t limit = 0;

  /// Whether a value of this rank and place could still get in; saves reading the value.
  bool HasRoomFor(Int128 rank, const RowPlace& place) const;
  void Add(PlacedValue value);
  void Merge(const OrderedList& other);
  void Save(std::string& out) const;
  bool Load(std::string_view& in);
};

}  // namespace weir
