#include "runtime/metrics/rate_meter.h"

namespace weir {

void RateMeter::Observe(Micros now, int64_t count) {
  samples_.push_back({now, count});
  while (samples_.size() > 2 && samples_[1].time <= now - span_) samples_.pop_front();
}

double RateMeter::PerSecond() const {
  if (samples_.size() < 2) return 0;
  const Micros elapsed = samples_.back().time - samples_.front().time;
  if (elapsed <= 0) return 0;
  return static_cast<double>(samples_.back().count - samples_.front().count) *
         static_cast<double>(kMicrosPerSecond) / static_cast<double>(elapsed);
}

}  // namespace weir
