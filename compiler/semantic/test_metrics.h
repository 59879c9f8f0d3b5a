#pragma once

#include "compiler/plan/test_program.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// `expect that enriched.seen.discarded == 1`: paths become columns of int64, one for each metric.
void CompileMetrics(const ast::Expr& condition, FlowContext& shared, plan::TestStep& step);

}  // namespace weir::semantic
