#pragma once

#include "compiler/plan/aggregate_node.h"
#include "runtime/base/clock.h"

namespace weir {

/// Arithmetic of aligned windows. Time is cut into panes such that every window is a run of panes:
/// rows are added once, to their pane, and windows are merged from panes when they fire. A window
/// is named by its end. Windows are [start, end), aligned to UTC plus `offset`.
class WindowPanes {
 public:
  explicit WindowPanes(const plan::WindowSpec& window);

  Micros pane_width() const { return pane_; }
  Micros step() const { return step_; }  ///< between the ends of neighbouring windows
  Micros PaneOf(Micros time) const;      ///< start of the pane that holds `time`
  Micros FirstEnd(Micros pane) const;    ///< first and last window that holds the pane
  Micros LastEnd(Micros pane) const;
  Micros StartOf(Micros end) const;  ///< start of the window
  /// Smallest window end above `time`.
  Micros EndAfter(Micros time) const;

 private:
  static Micros Floor(Micros time, Micros width);

  bool cumulating_;
  Micros size_, step_, offset_, pane_;
};

}  // namespace weir
