#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/checkpoint/accepted_mark.h"
#include "runtime/connector/source_positions.h"

namespace weir {

/// Where sources wait for each other while what they read is not sent again: a barrier at exactly
/// these positions, behind which `sinks` send (guarantees.md rule 6).
struct MuteStop {
  SourcePositions positions;
  std::vector<std::string> sinks;  ///< names of nodes
  std::shared_ptr<UnmuteBarrier> unmuted_at;
};

struct MutedSink {
  std::string name;
  SinkMark mark;
};

/// The stops for sinks with these marks, in the order in which they are reached. Sinks of one run
/// stand at different barriers when the last ones had no rows for some of them: each is muted up to
/// its own. FailedPrecondition, naming both: the marks are of two states, so that no single
/// sequence of barriers leads past them.
Result<std::vector<MuteStop>> MakeMuteStops(std::vector<MutedSink> sinks);

}  // namespace weir
