#pragma once

#include <memory>

#include "compiler/plan/physical_plan.h"

namespace weir::planner {

struct PhysicalOptions {
  /// Keep stages that only feed declared streams nobody reads: `flowc test` and the live view look
  /// into them.
  bool keep_streams = false;
  /// Aggregates the optimizer marked get a node of partial accumulators before their exchange; its
  /// output has the key columns first.
  bool pre_aggregate = false;
};

/// Places the nodes of a valid plan (see ValidateLogical): the same result for any number of
/// workers, nodes in topological order. Chains: nodes that call each other directly and lie behind
/// the same number of exchanges, so that no chain waits for itself.
std::shared_ptr<const plan::PhysicalPlan> PlanPhysical(
    std::shared_ptr<const plan::LogicalPlan> logical, const PhysicalOptions& options = {});

}  // namespace weir::planner
