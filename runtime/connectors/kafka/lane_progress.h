#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace weir {

/// Place of a chunk in its lane: chunks are sent in this order.
struct LanePlace {
  uint64_t epoch = 0;
  uint64_t index = 0;  ///< within the epoch, from 1

  auto operator<=>(const LanePlace&) const = default;
};

/// How far a lane has got: the record in the progress topic that is part of each transaction.
struct LaneProgress {
  std::string incarnation;  ///< of the state folder
  LanePlace place;          ///< the last chunk that was sent; epoch 0: none yet
  std::string owner;        ///< of the start that wrote it: each start has a token of its own

  /// `weir-progress/1 INCARNATION EPOCH INDEX OWNER`.
  std::string ToText() const;
  /// None when that is something else.
  static std::optional<LaneProgress> FromText(std::string_view text);
};

}  // namespace weir
