#pragma once

#include "compiler/plan/logical_plan.h"
#include "runtime/base/status.h"

namespace weir::planner {

/// What must hold in any logical plan, rewritten or not: inputs exist and come before their
/// readers, ports have schemas, inputs of a union have the columns of its schema, column numbers of
/// expressions lie inside the input, routes lead to ports that exist, and stateful stages have
/// names of their own. A failure names the stage; it is a bug and no fault of the user's file.
Status ValidateLogical(const plan::LogicalPlan& plan);

}  // namespace weir::planner
