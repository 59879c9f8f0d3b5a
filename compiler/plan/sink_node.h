#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/logical_node.h"
#include "runtime/base/clock.h"
#include "runtime/connector/connector_options.h"

namespace weir::plan {

enum class Delivery : uint8_t { kExactlyOnce, kAtLeastOnce };

/// A column of a sink's output that the runtime fills in when a unit is cut.
enum class SinkFill : uint8_t { kNone, kBatchId };

/// An option of the connector that differs per row (a Redis key template), over `row`.
struct SinkRowOption {
  std::string name;
  ExprPtr value;
};

/// `into sink`: one node per sink; every stream that goes in is an input with the sink's schema,
/// brought there by a ProjectNode (columns {}, masking of personal values).
struct SinkNode final : LogicalNodeOf<SinkNode> {
  SinkNode() : LogicalNodeOf(NodeKind::kSink) {}
  std::string sink;  ///< declared name, or `stream/into` for an anonymous one
  ConnectorCall connector;
  std::string format = "json";
  ConnectorOptions format_options;
  SchemaPtr row;                            ///< what arrives
  std::vector<SinkFill> fills;              ///< by column of `row`
  std::vector<int> key;                     ///< columns
  int64_t batch_rows = 0, batch_bytes = 0;  ///< 0: no bound
  Micros batch_time = 0;
  int retries = 0;
  Micros backoff_min = 0, backoff_max = 0;
  Delivery delivery = Delivery::kExactlyOnce;
  std::vector<SinkRowOption> row_options;
  std::string after;  ///< sink that must have a unit first
  Route refused;      ///< rows the target finally refuses (shape kFailedWrite)
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override {
    for (SinkRowOption& option : row_options) visit(option.value);
  }
};

/// `view v key (…) retain d = …`: the latest row per key, kept by the engine and copied to
/// `connector` when there is one.
struct ViewNode final : LogicalNodeOf<ViewNode> {
  ViewNode() : LogicalNodeOf(NodeKind::kView) {}
  std::string view;
  std::vector<int> key;
  std::optional<Micros> retain;
  std::optional<ConnectorCall> connector;
  std::string Describe() const override;
  Partitioning partitioning() const override;
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>&) override {}
};

}  // namespace weir::plan
