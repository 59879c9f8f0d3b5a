#pragma once

#include <string>
#include <vector>

#include "compiler/plan/logical_plan.h"
#include "runtime/connector/connector_spec.h"

namespace weir::flowc {

/// Why reading again may not come to the rows that an earlier run has sent, one sentence each:
/// lookups, idle time-outs, processing time. Empty: it does (guarantees.md rule 6).
std::vector<std::string> MuteDoubts(const plan::LogicalPlan& plan,
                                    const ConnectorRegistry& connectors);

}  // namespace weir::flowc
