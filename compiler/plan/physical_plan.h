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
};

/// A node with its place: one instance per worker of each chain.
struct PhysicalNode {
  NodeId id = -1;
  /// Nodes joined by forward edges and behind the same number of exchanges: what a worker schedules
  /// together. A chain never feeds itself, so one that waits for room can't wait for itself.
  int chain = 0;
  std::vector<PhysicalInput> inputs;
  std::shared_ptr<const LogicalNode> logical;
  /// Pre-aggregation: this node makes partial accumulators for `partial_of`'s exchange.
  bool is_partial = false;
};

/// What runs: nodes in topological order (ids index `nodes`), the same for any number of workers.
struct PhysicalPlan {
  std::shared_ptr<const LogicalPlan> logical;
  std::vector<PhysicalNode> nodes;
  int num_chains = 0;

  std::string ToString() const;
};

}  // namespace weir::plan
