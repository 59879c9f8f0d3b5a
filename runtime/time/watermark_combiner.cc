#include "runtime/time/watermark_combiner.h"

#include <algorithm>

namespace weir {

WatermarkCombiner::WatermarkCombiner(size_t inputs) : inputs_(inputs) {}

bool WatermarkCombiner::SetWatermark(size_t input, Micros watermark) {
  Input& changed = inputs_[input];
  if (watermark <= changed.watermark) return false;
  changed.watermark = watermark;
  return Combine();
}

bool WatermarkCombiner::SetIdle(size_t input, bool idle) {
  if (inputs_[input].idle == idle) return false;
  inputs_[input].idle = idle;
  return Combine();
}

bool WatermarkCombiner::SetEnded(size_t input) {
  if (inputs_[input].ended) return false;
  inputs_[input].ended = true;
  return Combine();
}

bool WatermarkCombiner::Combine() {
  Micros minimum = kMaxTimestamp;
  bool any_active = false;
  bool all_ended = true;
  bool any_ended_active = false;
  for (const Input& input : inputs_) {
    all_ended &= input.ended;
    if (input.idle && !input.ended) continue;
    // An ended input has said all it ever will; it holds back only by what it last said.
    minimum = std::min(minimum, input.watermark);
    any_active |= !input.ended;
    any_ended_active |= input.ended;
  }
  const bool idle = !any_active && !all_ended;
  bool changed = idle != idle_ || all_ended != ended_;
  idle_ = idle;
  ended_ = all_ended;
  if ((any_active || (all_ended && any_ended_active)) && minimum > current_) {
    current_ = minimum;
    changed = true;
  }
  return changed;
}

}  // namespace weir
