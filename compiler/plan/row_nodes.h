#pragma once

#include <string>
#include <vector>

#include "compiler/plan/logical_node.h"

namespace weir::plan {

/// `where`: keeps rows for which the condition is true. Failing rows take `error`.
struct FilterNode final : LogicalNodeOf<FilterNode> {
  FilterNode() : LogicalNodeOf(NodeKind::kFilter) {}
  ExprPtr condition;
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// select, extend, set, without: new columns from the input's. `exprs[i]` gives column i.
struct ProjectNode final : LogicalNodeOf<ProjectNode> {
  ProjectNode() : LogicalNodeOf(NodeKind::kProject) {}
  std::vector<ExprPtr> exprs;
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `flatten list as x`: one row per element; the element is the last column of the output.
struct FlattenNode final : LogicalNodeOf<FlattenNode> {
  FlattenNode() : LogicalNodeOf(NodeKind::kFlatten) {}
  ExprPtr list;
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `sample 0.01`: the same rows every time, chosen by hash of origin and offset.
struct SampleNode final : LogicalNodeOf<SampleNode> {
  SampleNode() : LogicalNodeOf(NodeKind::kSample) {}
  double share = 1.0;
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>&) override {}
};

/// `limit 1000 [per keys]`: the first rows; the rest is discarded and counted.
struct LimitNode final : LogicalNodeOf<LimitNode> {
  LimitNode() : LogicalNodeOf(NodeKind::kLimit) {}
  int64_t count = 0;
  std::vector<ExprPtr> per;
  std::string Describe() const override;
  Partitioning partitioning() const override;
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `route { when c -> a … else … }`: the first arm that holds. Arms leave through ports.
struct RouteNode final : LogicalNodeOf<RouteNode> {
  RouteNode() : LogicalNodeOf(NodeKind::kRoute) {}
  struct Arm {
    ExprPtr condition;
    Route route;
  };
  std::vector<Arm> arms;
  Route otherwise;  ///< kNone: the row passes on through port 0
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// Junctions, `union`, `from a, b`: rows of all inputs, which have the same schema.
struct UnionNode final : LogicalNodeOf<UnionNode> {
  UnionNode() : LogicalNodeOf(NodeKind::kUnion) {}
  bool junction = false;
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>&) override {}
};

/// `rekey by k`: rows of one key on one worker, in order.
struct RekeyNode final : LogicalNodeOf<RekeyNode> {
  RekeyNode() : LogicalNodeOf(NodeKind::kRekey) {}
  std::vector<ExprPtr> keys;
  std::string Describe() const override;
  Partitioning partitioning() const override { return {Partitioning::Kind::kKey, keys}; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `validate { rule: condition message "…" } else route`. All failing rules are named.
struct ValidateNode final : LogicalNodeOf<ValidateNode> {
  ValidateNode() : LogicalNodeOf(NodeKind::kValidate) {}
  struct Rule {
    std::string name;
    ExprPtr condition;
    std::string message;
    bool warn = false;  ///< only counted
  };
  std::vector<Rule> rules;
  Route otherwise;
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `dedupe by keys within d`: event time from the first sighting (guarantees.md rule 25).
struct DedupeNode final : LogicalNodeOf<DedupeNode> {
  DedupeNode() : LogicalNodeOf(NodeKind::kDedupe) {}
  std::vector<ExprPtr> keys;
  Micros within = 0;
  Route duplicate;  ///< second and later sightings
  std::string Describe() const override;
  Partitioning partitioning() const override { return {Partitioning::Kind::kKey, keys}; }
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `lookup t as u on keys set a = …`: `sets[i]` sees the input's columns and, as the last one, the
/// table's row as an optional struct.
struct LookupNode final : LogicalNodeOf<LookupNode> {
  LookupNode() : LogicalNodeOf(NodeKind::kLookup) {}
  std::string table;
  std::vector<ExprPtr> keys;
  std::vector<ExprPtr> exprs;  ///< one per output column, like ProjectNode
  Route on_error;              ///< of the table (down, broken); kDefault: as not found
  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `top n by exprs per keys` over closed windows: emits when the watermark passes the window.
struct TopNode final : LogicalNodeOf<TopNode> {
  TopNode() : LogicalNodeOf(NodeKind::kTop) {}
  int64_t count = 0;
  std::vector<ExprPtr> by;  ///< descending, ties by the following ones, then by all columns
  std::vector<ExprPtr> per;
  std::string Describe() const override;
  Partitioning partitioning() const override;
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// `anomaly of x by k using zscore(history, warmup, threshold) as a`: adds the struct
/// a {score: float64, expected: float64, is_anomaly: bool} as the last column.
struct AnomalyNode final : LogicalNodeOf<AnomalyNode> {
  AnomalyNode() : LogicalNodeOf(NodeKind::kAnomaly) {}
  ExprPtr value;  ///< float64
  std::vector<ExprPtr> keys;
  int64_t history = 60, warmup = 10;
  double threshold = 3.0;
  Micros forget_after = 0;  ///< history x slide without rows; 0: never
  std::string Describe() const override;
  Partitioning partitioning() const override;
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

}  // namespace weir::plan
