#pragma once

#include <functional>

#include "compiler/plan/logical_node.h"

namespace weir {

/// Every route of a stage, set or not.
void VisitRoutes(plan::LogicalNode& node, const std::function<void(plan::Route&)>& visit);

}  // namespace weir
