#pragma once

#include <string_view>

#include "compiler/plan/logical_plan.h"

namespace weir {

/// One rewrite of a logical plan. Stateless.
class Rule {
 public:
  virtual ~Rule() = default;
  /// Stable, for switching it off: `filter_pushdown`.
  virtual std::string_view name() const = 0;
  /// Applies the rule wherever it fits; whether it changed something.
  virtual bool Apply(plan::LogicalPlan& plan) = 0;
};

}  // namespace weir
