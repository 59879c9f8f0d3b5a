#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/logical_plan.h"

namespace weir::plan {

/// How rows get from one node to the next.
struct PhysicalInput {
  enum class Exchange : uint8_t {
    kForward,    ///< a direct call; also into a node of a later chain (same worker)
    kHash,       ///< by key group of `keys` (expressions over the producer's row)
    kSingleton,  ///< to worker 0
  };
  NodeId node = -1;
  int port = 0;
  Exchange exchange = Exchange::kForward;
  std::vector<ExprPtr> keys;
  /// Input of the logical node. A route of a pre-aggregated stage leaves both of its nodes: then
  /// two physical inputs are one logical one.
  int logical_input = 0;
};

/// A node with its place: one instance per worker of each chain.
struct PhysicalNode {
  NodeId id = -1;
  /// Nodes joined by forward edges and behind the same number of exchanges: what a worker schedules
  /// together. A chain never feeds itself, so one that waits for room can't wait for itself.
  int chain = 0;
  std::vector<PhysicalInput> inputs;
  std::shared_ptr<const LogicalNode> logical;
  /// Pre-aggregation: this node makes partial accumulators, which the node of the same stage behind
  /// the exchange merges (`partial` is the former's id there, else -1). Rows that fail or are late
  /// leave here.
  bool is_partial = false;
  NodeId partial = -1;

  /// Columns of a port: those of the stage, but PartialAggregateSchema for rows out of a partial.
  SchemaPtr port_schema(int port) const;
};

/// What runs: nodes in topological order (ids index `nodes`), the same for any number of workers;
/// but one worker leaves the partial nodes out (WithoutPartials).
struct PhysicalPlan {
  std::shared_ptr<const LogicalPlan> logical;
  std::vector<PhysicalNode> nodes;
  int num_chains = 0;

  std::string ToString() const;
};

/// The same plan with each pre-aggregated stage as one node, for one worker; itself if it has none.
std::shared_ptr<const PhysicalPlan> WithoutPartials(std::shared_ptr<const PhysicalPlan> plan);

}  // namespace weir::plan
