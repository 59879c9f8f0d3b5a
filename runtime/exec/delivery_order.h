#pragma once

#include <map>
#include <string>

#include "compiler/plan/physical_plan.h"
#include "runtime/base/result.h"

namespace weir {

/// `into a after b`: the node of sink a -> the node of sink b, which must have a checkpoint's rows
/// first. InvalidArgument: sinks wait for each other.
Result<std::map<std::string, std::string>> DeliveryOrder(const plan::PhysicalPlan& plan);

}  // namespace weir
