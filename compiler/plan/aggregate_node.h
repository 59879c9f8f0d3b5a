#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/logical_node.h"
#include "runtime/base/clock.h"
#include "stdlib/api/aggregate_def.h"

namespace weir::plan {

/// One aggregate of a stage: `views = count(where event_type == "page_view")`.
struct AggregateCall {
  std::string name;  ///< output column
  const AggregateDef* function = nullptr;
  const AggregateOverload* overload = nullptr;
  std::vector<ExprPtr> arguments;               ///< without constant ones that `bind` takes
  std::vector<std::optional<Value>> constants;  ///< by parameter position; none = not constant
  ExprPtr filter;                               ///< null: every row
  DataType type;                                ///< result

  AggregateKernel Kernel() const;
};

enum class WindowKind : uint8_t { kNone, kTumbling, kSliding, kCumulating, kSession, kLastRows };

struct WindowSpec {
  WindowKind kind = WindowKind::kNone;
  Micros size = 0, slide = 0, offset = 0;  ///< tumbling: slide == size; cumulating: slide = step
  Micros gap = 0;
  std::optional<Micros> max;
  int64_t rows = 0;  ///< kLastRows
};

/// When results of an open window or session leave.
struct EmitSpec {
  bool on_close = false;
  bool on_update = false;
  std::optional<Micros> every;  ///< processing time
  bool only_on_close() const { return on_close && !on_update && !every; }
};

/// `aggregate … by … over …`. Output columns: keys, then for windows window_start, window_end,
/// window_closed, then the aggregates.
struct AggregateNode final : LogicalNodeOf<AggregateNode> {
  AggregateNode() : LogicalNodeOf(NodeKind::kAggregate) {}
  std::vector<ExprPtr> keys;
  std::vector<AggregateCall> aggregates;
  WindowSpec window;
  EmitSpec emit;
  Micros lateness = 0;
  Route late;
  /// Results without a value (a sum that merging panes took out of its range). Like `error`, but
  /// its `fields` are columns of this stage's output.
  Route result_error;
  std::optional<Micros> ttl;  ///< running aggregates; a view's retain
  int retain_key = -1;        ///< view: key column (date or timestamp) that retain counts from
  /// Set by the optimizer: partial aggregates per worker are made before the exchange.
  bool pre_aggregate = false;

  std::string Describe() const override;
  Partitioning partitioning() const override;
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// Columns of partial accumulators on their way through an exchange: the keys, then start of the
/// pane, end of the first window that reads it, accumulators as bytes.
SchemaPtr PartialAggregateSchema(const AggregateNode& node);

}  // namespace weir::plan
