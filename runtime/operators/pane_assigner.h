#pragma once

#include <map>
#include <utility>

#include "runtime/operators/window_panes.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// Which pane each row of a batch goes to. A row that is late for some windows of its pane, by its
/// own watermark, goes to a pane of its own that only later windows read. One thread.
class PaneAssigner {
 public:
  /// Start of the pane; end of the first window that may read it.
  using PaneKey = std::pair<Micros, Micros>;

  PaneAssigner(const WindowPanes& panes, Micros lateness) : panes_of_(panes), lateness_(lateness) {}

  /// Splits `rows` by pane; replaces what the last call found. `watermark` is the operator's:
  /// higher than a row's own only after an idle partition was passed over.
  void Assign(const RecordBatch& batch, const RowSet& rows, Micros watermark);

  const std::map<PaneKey, RowIndices>& panes() const { return rows_of_pane_; }
  const RowIndices& late() const { return late_rows_; }  ///< for every window
  int64_t partly_late() const { return partly_late_; }   ///< rows

 private:
  const WindowPanes& panes_of_;
  const Micros lateness_;
  std::map<PaneKey, RowIndices> rows_of_pane_;
  RowIndices late_rows_;
  int64_t partly_late_ = 0;
};

}  // namespace weir
