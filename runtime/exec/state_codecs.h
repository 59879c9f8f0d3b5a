#pragma once

#include <map>
#include <string>

#include "compiler/plan/logical_plan.h"

namespace weir {

/// Versions in which this program writes the parts of a state: kinds of stages (`session`,
/// `aggregate`), `source` (positions), `ledger`, `sinks`. Whoever changes what one of them writes
/// raises its number here; readers may know older ones.
const std::map<std::string, int>& StateCodecs();

/// Those that a state of `plan` has: what a snapshot's manifest says.
std::map<std::string, int> StateCodecsOf(const plan::LogicalPlan& plan);

}  // namespace weir
