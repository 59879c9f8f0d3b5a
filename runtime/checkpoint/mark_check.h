#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/connector/sink_connector.h"

namespace weir {

/// What a pipeline's state says when it starts.
struct StateStand {
  std::string incarnation;
  uint64_t epoch = 0;   ///< last commit; 0: there is none
  uint64_t marked = 0;  ///< the sink's mark as of that commit; 0: it had none
  /// Of another state, or a later one than this: an earlier start was told to accept it.
  std::optional<SinkMark> accepted = {};
};

/// Whether a target stands where the state can go on from it, or would lose or repeat rows:
/// FailedPrecondition with both marks when its mark is of another incarnation, ahead of the last
/// commit, behind what the state knows to be delivered, or missing (guarantees.md rule 6).
Status CheckMark(const std::string& sink, const std::optional<SinkMark>& mark,
                 const StateStand& state);

/// What to do about a refusal of the target with this mark.
std::string_view MarkAdvice(const std::optional<SinkMark>& mark);

}  // namespace weir
