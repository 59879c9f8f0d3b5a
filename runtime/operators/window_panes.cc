#include "runtime/operators/window_panes.h"

#include <numeric>

namespace weir {

WindowPanes::WindowPanes(const plan::WindowSpec& window)
    : cumulating_(window.kind == plan::WindowKind::kCumulating),
      size_(window.size),
      step_(window.kind == plan::WindowKind::kTumbling ? window.size : window.slide),
      offset_(window.offset),
      pane_(cumulating_ ? step_ : std::gcd(window.size, step_)) {}

Micros WindowPanes::Floor(Micros time, Micros width) {
  const Micros rest = time % width;
  return rest < 0 ? time - rest - width : time - rest;
}

Micros WindowPanes::PaneOf(Micros time) const { return Floor(time - offset_, pane_) + offset_; }

// A sliding window ends at a multiple of the step plus the size; a cumulating one at each step
// within its span of `size`.
Micros WindowPanes::EndAfter(Micros time) const {
  if (cumulating_) return Floor(time - offset_, step_) + step_ + offset_;
  const Micros phase = offset_ + size_ % step_;
  return Floor(time - phase, step_) + step_ + phase;
}

Micros WindowPanes::FirstEnd(Micros pane) const { return EndAfter(pane + pane_ - 1); }

Micros WindowPanes::LastEnd(Micros pane) const {
  if (cumulating_) return Floor(pane - offset_, size_) + size_ + offset_;
  return Floor(pane - offset_, step_) + size_ + offset_;
}

Micros WindowPanes::StartOf(Micros end) const {
  if (cumulating_) return Floor(end - 1 - offset_, size_) + offset_;
  return end - size_;
}

}  // namespace weir
