#include "runtime/operators/pane_assigner.h"

#include "runtime/operators/row_stamps.h"

#include <algorithm>

namespace weir {

void PaneAssigner::Assign(const RecordBatch& batch, const RowSet& rows, Micros watermark) {
  const ColumnView<Micros> times(*batch.hidden().event_time);
  const RowStamps stamps(batch);
  for (auto& [key, pane_rows] : rows_of_pane_) pane_rows.clear();
  late_rows_.clear();
  partly_late_ = 0;
  PaneKey last{kMinTimestamp, kMinTimestamp};
  Micros last_stamp = kMinTimestamp;
  RowIndices* target = nullptr;
  rows.ForEach([&](RowIndex row) {
    const Micros pane = panes_of_.PaneOf(times[row]);
    const Micros stamp = stamps[row];
    if (target != nullptr && pane == last.first && stamp == last_stamp) {
      target->push_back(row);
      return;
    }
    const Micros reached = std::max(stamp, watermark);
    Micros first_end = panes_of_.FirstEnd(pane);
    // Ends up to `reached - lateness` are late for this row.
    if (reached != kMinTimestamp) {
      const Micros late_until = reached - lateness_;
      if (panes_of_.LastEnd(pane) <= late_until) {
        late_rows_.push_back(row);
        target = nullptr;
        return;
      }
      if (first_end <= late_until) {
        first_end = panes_of_.EndAfter(late_until);
        ++partly_late_;
      }
    }
    last = {pane, first_end};
    last_stamp = stamp;
    target = &rows_of_pane_[last];
    target->push_back(row);
    // Rows that are late for some windows are counted one by one.
    if (first_end != panes_of_.FirstEnd(pane)) target = nullptr;
  });
  std::erase_if(rows_of_pane_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace weir
