#pragma once

#include <cstdint>

namespace weir {

/// What random numbers are drawn for. Each purpose is a series of its own, so that a new draw
/// changes none of the others: seeds stay good.
enum DrawPurpose : uint64_t {
  kDrawFate = 1,
  kDrawUserId = 101,
  kDrawTier,
  kDrawActive,
  kDrawProductId,
  kDrawPrice,
  kDrawEvent = 201,
  kDrawVisit,
  kDrawTransaction = 301,
  kDrawRow = 401,
};

}  // namespace weir
