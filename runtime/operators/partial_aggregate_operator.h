#pragma once

#include <map>
#include <memory>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/operators/accumulators.h"
#include "runtime/operators/aggregate_input.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/pane_assigner.h"
#include "runtime/state/state_table.h"

namespace weir {

/// The half of a windowed aggregate that runs before its exchange: adds the rows of this worker to
/// partial accumulators, by pane and key, and sends these instead of the rows (guarantees.md rule
/// 21). Rows that fail or are late leave here, by the stage's routes; which those are depends on
/// the rows' own watermarks alone, as in WindowAggregateOperator, which merges what comes out.
///
/// A pane is sent before the watermark that fires its first window is passed on; everything before
/// a barrier, so there is no state to save; and when there are many groups.
class PartialAggregateOperator final : public Operator {
 public:
  /// More groups than this are sent rather than held.
  static constexpr size_t kMostGroups = 16'384;

  explicit PartialAggregateOperator(const plan::AggregateNode& node);
  ~PartialAggregateOperator() override;
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  Status PrepareBarrier(Collector& out) override;

 private:
  void AddToPane(const RecordBatch& batch, StateTable& groups, const RowIndices& rows);
  /// Sends panes of which some window ends up to `end`.
  void Send(Micros end, Collector& out);
  void SendPane(const PaneAssigner::PaneKey& pane, StateTable& groups, Collector& out);

  const plan::AggregateNode& aggregate_;
  const WindowPanes panes_of_;
  const SchemaPtr schema_;
  RowRouter errors_to_;
  RowRouter late_to_;
  AggregateInput input_;
  std::unique_ptr<Accumulators> accumulators_;
  PaneAssigner assigner_;
  FailingRows failing_;

  std::map<PaneAssigner::PaneKey, std::unique_ptr<StateTable>> panes_;
  size_t groups_ = 0;
  Micros watermark_ = kMinTimestamp;
  std::vector<uint8_t*> blocks_;
  std::vector<uint8_t*> created_;
};

}  // namespace weir
