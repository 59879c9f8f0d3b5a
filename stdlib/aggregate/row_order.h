#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "runtime/base/int128.h"
#include "stdlib/api/aggregate_def.h"

namespace weir {

/// Where a row stands, whenever it arrives: event time, then position in its partition.
struct RowPlace {
  int64_t event_time = INT64_MIN;
  int64_t order = INT64_MIN;
  friend auto operator<=>(const RowPlace&, const RowPlace&) = default;

  static RowPlace Of(const AggregateContext& context, RowIndex row) {
    return {Read(context.event_time, row), Read(context.order, row)};
  }

 private:
  static int64_t Read(const Column* column, RowIndex row) {
    if (column == nullptr || column->IsNull(row)) return INT64_MIN;
    return ColumnView<int64_t>(*column)[row];
  }
};

/// A value as key bytes with its place. Rows of two partitions may stand at the same place: then
/// the bytes decide, so that the result never depends on arrival.
struct PlacedValue {
  Int128 rank = 0;  ///< top_n: the higher the earlier
  RowPlace place;
  std::string bytes;

  friend bool operator<(const PlacedValue& a, const PlacedValue& b) {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.place != b.place) return a.place < b.place;
    return a.bytes < b.bytes;
  }
};

}  // namespace weir
