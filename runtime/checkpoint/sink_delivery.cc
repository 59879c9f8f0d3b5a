#include "runtime/checkpoint/sink_delivery.h"

#include <algorithm>

#include "runtime/base/kill_point.h"

namespace weir {

SinkDelivery::SinkDelivery(Sinks sinks, uint64_t committed)
    : sinks_(std::move(sinks)), committed_(committed) {
  for (const auto& [name, sink] : sinks_) progress_[name] = {committed, 0};
}

Status SinkDelivery::Committed(uint64_t epoch, const std::string& positions, bool last,
                               const std::set<std::string>& ended) {
  committed_ = epoch;
  positions_[epoch] = positions.empty() ? nullptr : std::make_shared<const std::string>(positions);
  return Continue(last, ended);
}

/// Last commit of which the sink's target has everything.
Result<uint64_t> SinkDelivery::DoneBy(const std::string& name, bool ended) {
  const auto found = std::find_if(sinks_.begin(), sinks_.end(),
                                  [&](const auto& sink) { return sink.first == name; });
  if (found == sinks_.end()) return committed_;
  Progress& progress = progress_[name];
  if (ended && progress.told == committed_ && !found->second->HasDelivered(committed_)) {
    WEIR_TRY(found->second->DeliverOpen());
  }
  if (found->second->HasDelivered(progress.told)) progress.done = progress.told;
  return progress.done;
}

Status SinkDelivery::Continue(bool last, const std::set<std::string>& ended) {
  uint64_t released = committed_;
  if (rule_) {
    WEIR_ASSIGN(released, rule_(committed_, last || !ended.empty()));
  }
  // As often as there are sinks: one that waits may come before the one that it waits for.
  Status failure;
  for (size_t round = 0; round < sinks_.size() && failure.ok(); ++round) {
    bool any = false;
    for (const auto& [name, sink] : sinks_) {
      const auto other = after_.find(name);
      uint64_t epoch = released;
      if (other != after_.end()) {
        WEIR_ASSIGN(const uint64_t done, DoneBy(other->second, ended.contains(other->second)));
        epoch = std::min(released, done);
      }
      if (epoch <= progress_[name].told) continue;
      const auto known = positions_.find(epoch);
      sink->NotePositions(epoch, known == positions_.end() ? nullptr : known->second);
      failure = sink->Committed(epoch).WithContext(name);
      if (!failure.ok()) break;
      KillPoint::Pass("sink-delivered");
      progress_[name].told = epoch;
      any = true;
    }
    if (!any) break;
  }
  uint64_t least = committed_;
  for (const auto& [name, progress] : progress_) least = std::min(least, progress.told);
  positions_.erase(positions_.begin(), positions_.upper_bound(least));
  delayed_.store(least < committed_, std::memory_order_release);
  return failure;
}

}  // namespace weir
