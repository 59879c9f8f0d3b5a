#pragma once

#include "compiler/plan/logical_plan.h"
#include "runtime/base/status.h"
#include "runtime/state/state_backend.h"

namespace weir {

/// Where commits keep which nodes the pipeline had, by name.
inline constexpr char kPlanOperator[] = "@plan";
inline constexpr char kPlanSlot[] = "nodes";

/// What a commit holds of the plan: per node its inputs and the layout of its state.
StateDelta StoredPlan(const plan::LogicalPlan& plan);

/// Whether the plan can go on from the last commit: it has the same nodes between the same others,
/// and reads their state as it was written. FailedPrecondition names every node that differs, with
/// what it was and is. A state without a plan passes.
Status CheckStoredPlan(const StateBackend& state, const plan::LogicalPlan& plan);

}  // namespace weir
