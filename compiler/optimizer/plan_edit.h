#pragma once

#include "compiler/plan/logical_plan.h"

namespace weir {

// Edits that several rules need.

/// Lets every reader and every declared stream of `from` use `to` instead.
void RedirectReaders(plan::LogicalPlan& plan, plan::InputRef from, plan::InputRef to);

/// Whether a declared stream (a tap of tests and queries) is this output.
bool IsDeclaredStream(const plan::LogicalPlan& plan, plan::InputRef output);

/// Readers of any port of `node`.
size_t NumReaders(const plan::LogicalPlan& plan, plan::NodeId node);

}  // namespace weir
