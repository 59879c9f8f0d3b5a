#include "stdlib/aggregate/ordered_list.h"

#include <algorithm>

#include "stdlib/aggregate/aggregate_state.h"

namespace weir {

bool OrderedList::HasRoomFor(Int128 rank, const RowPlace& place) const {
  if (values.size() < limit) return true;
  if (limit == 0) return false;
  const PlacedValue& last = values.back();
  return rank > last.rank || (rank == last.rank && place <= last.place);
}

void OrderedList::Add(PlacedValue value) {
  const auto at = std::upper_bound(values.begin(), values.end(), value);
  if (values.size() >= limit && at == values.end()) return;
  values.insert(at, std::move(value));
  if (values.size() > limit) values.pop_back();
}

void OrderedList::Merge(const OrderedList& other) {
  for (const PlacedValue& value : other.values) Add(value);
}

void OrderedList::Save(std::string& out) const {
  PutRaw(static_cast<uint32_t>(values.size()), out);
  for (const PlacedValue& value : values) {
    PutRaw(value.rank, out);
    PutRaw(value.place.event_time, out);
    PutRaw(value.place.order, out);
    PutBytes(value.bytes, out);
  }
}

bool OrderedList::Load(std::string_view& in) {
  uint32_t count = 0;
  if (!TakeRaw(in, count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    PlacedValue value;
    std::string_view bytes;
    if (!TakeRaw(in, value.rank) || !TakeRaw(in, value.place.event_time) ||
        !TakeRaw(in, value.place.order) || !TakeBytes(in, bytes)) {
      return false;
    }
    value.bytes = bytes;
    Add(std::move(value));
  }
  return true;
}

}  // namespace weir
