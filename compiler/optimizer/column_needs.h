#pragma once

#include <vector>

#include "compiler/plan/logical_plan.h"

namespace weir {

/// Which columns of each stage's main output anybody reads, by node id: readers, error and late
/// routes, declared streams, upsert keys. Stages that the analysis doesn't look into need all.
using ColumnNeeds = std::vector<std::vector<bool>>;
ColumnNeeds FindColumnNeeds(plan::LogicalPlan& plan);

/// Stages that pass on the columns of their one input.
bool PassesColumns(const plan::LogicalNode& node);

/// Whether a projection may leave out column `column`: nobody misses an error.
bool MayDrop(const plan::LogicalNode& node, size_t column);

}  // namespace weir
