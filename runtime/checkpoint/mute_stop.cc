#include "runtime/checkpoint/mute_stop.h"

#include <algorithm>

namespace weir {

Result<std::vector<MuteStop>> MakeMuteStops(std::vector<MutedSink> sinks) {
  std::stable_sort(sinks.begin(), sinks.end(), [](const MutedSink& a, const MutedSink& b) {
    return a.mark.epoch < b.mark.epoch;
  });
  std::vector<MuteStop> stops;
  for (const MutedSink& sink : sinks) {
    const MutedSink& first = sinks.front();
    if (sink.mark.incarnation != first.mark.incarnation) {
      return FailedPreconditionError(
          "--mute-until-mark: the marks are of two states: sink {} has that of incarnation {}, "
          "checkpoint {}, sink {} that of incarnation {}, checkpoint {}: no reading again leads to "
          "both. Start from the state that delivered to one and empty the target of the other, or "
          "use --accept-resend (rows may be repeated)",
          first.name, first.mark.incarnation, first.mark.epoch, sink.name, sink.mark.incarnation,
          sink.mark.epoch);
    }
    auto positions = SourcePositions::FromText(sink.mark.positions);
    if (!positions.ok()) return positions.status().WithContext("the mark of sink " + sink.name);
    if (stops.empty() || stops.back().positions != *positions) {
      stops.push_back({*std::move(positions), {}, std::make_shared<UnmuteBarrier>(UINT64_MAX)});
    }
    stops.back().sinks.push_back(sink.name);
  }
  return stops;
}

}  // namespace weir
