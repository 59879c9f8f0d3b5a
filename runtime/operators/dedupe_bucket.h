#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "runtime/base/clock.h"
#include "runtime/base/hash.h"
#include "runtime/operators/sighting_shelf.h"

namespace weir {

/// First sightings whose event time falls into one slice of time: a shelf for each key group that
/// has any. Dropped as a whole.
struct DedupeBucket {
  explicit DedupeBucket(Micros bucket_start) : start(bucket_start) {}

  SightingShelf* shelf(uint64_t hash) const { return shelves[KeyGroupOf(hash)].get(); }

  const Micros start;
  std::array<std::unique_ptr<SightingShelf>, kNumKeyGroups> shelves;
  int64_t count = 0;     ///< of sightings, wherever they are
  bool cold = false;     ///< there may be some on disk only
  bool dropped = false;  ///< no longer looked at
};

}  // namespace weir
