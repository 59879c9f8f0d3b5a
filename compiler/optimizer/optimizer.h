#pragma once

#include <string>
#include <vector>

#include "compiler/plan/logical_plan.h"

namespace weir {

struct OptimizerOptions {
  bool enabled = true;
  std::vector<std::string> off;  ///< names of single rules
};

/// Rewrites `plan` until no rule changes it. The result means the same.
void Optimize(plan::LogicalPlan& plan, const OptimizerOptions& options = {});

/// Names of all rules, in the order in which they run.
std::vector<std::string> OptimizerRuleNames();

}  // namespace weir
