#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace weir {

/// Place of a chunk in its lane: chunks are sent in this order.
struct LanePlace {
  uint64_t epoch = 0;
  uint64_t index = 0;  ///< within the epoch, from 1

  auto operator<=>(const LanePlace&) const = default;
};

/// What a mark needs besides the place of one lane (see SinkMark::positions).
struct LaneStand {
  /// Last place that each lane was given up to a checkpoint: the target has all of that checkpoint
  /// when each lane is there.
  std::vector<LanePlace> places;
  std::string positions;  ///< of all sources at that checkpoint; "": not known
};

/// How far a lane has got: the record in the progress topic that is part of each transaction.
struct LaneProgress {
  std::string incarnation;  ///< of the state folder
  LanePlace place;          ///< the last chunk that was sent; epoch 0: none yet
  std::string owner;        ///< of the start that wrote it: each start has a token of its own
  LaneStand stand = {};     ///< at the checkpoint of `place`

  /// `weir-progress/2 INCARNATION EPOCH INDEX OWNER PLACES POSITIONS`, PLACES as `7.1,9.2`, by
  /// lane; both may be `-`. Version 1 ends behind OWNER.
  std::string ToText() const;
  /// None when that is something else. A record of a newer version has `is_newer`.
  static std::optional<LaneProgress> FromText(std::string_view text);

  bool is_newer = false;
};

}  // namespace weir
