#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/sink_node.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/sink_control.h"

namespace weir {

/// `into sink`: hands rows to the connector's writer. Rows are pending until the target has them,
/// then absorbed; those that it finally refuses leave by the sink's error route.
class SinkOperator final : public Operator, public SinkControl {
 public:
  /// `identity`: pipeline/sink/incarnation, the start of unit names and of `sink_batch_id()`.
  SinkOperator(const plan::SinkNode& node, std::unique_ptr<SinkWriter> writer,
               std::string identity);

  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;

  Status PrepareBarrier(Collector& out) override;
  Status Freeze(uint64_t epoch) override;
  Status Deliver(Collector& out) override;
  bool HasUndelivered() const override;
  Status Tick(Micros now) override;
  Status Close() override;

 private:
  RecordBatch FillColumns(const RecordBatch& batch) const;
  Status AddRowOptions(RecordBatch& batch, Collector& out);
  Status RouteRefused(const std::vector<RefusedRow>& refused, Collector& out);
  void CountPending();
  RecordBatch BuildFailedWrites(const std::vector<RefusedRow>& refused) const;

  const plan::SinkNode& sink_;
  std::unique_ptr<SinkWriter> writer_;
  std::string identity_;
  int64_t unit_ = 1;
  bool fills_ = false;
  std::vector<std::unique_ptr<Evaluator>> row_options_;
  SchemaPtr row_with_options_;  ///< the sink's row and behind it the options
  RowErrors errors_;
  int64_t pending_ = 0;    ///< of this writer, as counted in the ledger
  bool has_rows_ = false;  ///< since the last Freeze
};

}  // namespace weir
