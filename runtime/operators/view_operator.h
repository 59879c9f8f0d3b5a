#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/sink_node.h"
#include "runtime/base/string_map.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/sink_control.h"
#include "runtime/operators/view_rows.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `view`: the latest row per key. Updates of one key are combined while the worker is busy (at
/// most a second), then shown to readers and copied to the view's connector.
class ViewOperator final : public Operator, public SinkControl {
 public:
  /// `writer` may be null: a view that lives in the engine only. `rows` is shared with readers.
  ViewOperator(const plan::ViewNode& node, std::unique_ptr<SinkWriter> writer,
               std::shared_ptr<ViewRows> rows);

  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessTime(Micros now, Collector& out) override;
  Micros NextProcessingTime() const override;
  Status Flush(Collector& out) override;
  Status PrepareBarrier(Collector& out) override;
  Status Finish(Collector& out) override { return Flush(out); }
  Status Snapshot(StateWriter& out) override;
  bool WriteSealed(SliceBudget& budget) override;
  Status Restore(const StateReader& in) override;

  Status Freeze(uint64_t epoch) override;
  Status Deliver(Collector& out) override;
  bool HasUndelivered() const override;
  Status Tick(Micros now) override;
  Status Close() override;

 private:
  /// Where the latest version of a changed key is: a batch held back and a row of it.
  struct Pending {
    size_t batch = 0;
    RowIndex row = 0;
    uint32_t key_group = 0;
  };

  Status WriteOut(Collector& out);
  /// The row as it is now.
  void Write(const std::string& key, uint32_t key_group, SliceBudget& budget);
  void Show(const RecordBatch& batch, RowIndex row, const std::string& key, uint32_t key_group);

  const plan::ViewNode& view_;
  std::unique_ptr<SinkWriter> writer_;
  std::shared_ptr<ViewRows> rows_;
  KeyEncoder keys_;
  std::vector<RecordBatch> batches_;  ///< held back since the last WriteOut
  StringMap<Pending> pending_;
  StringMap<uint32_t> dirty_;   ///< key -> key group, since the last Snapshot
  StringMap<uint32_t> sealed_;  ///< of the Snapshot before, not written yet
  StateWriter* sealed_to_ = nullptr;
  Micros flush_at_ = kMaxTimestamp;
};

}  // namespace weir
