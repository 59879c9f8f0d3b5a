#pragma once

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

void CompileStreamBody(const StreamInfo& stream, bool default_errors, FlowContext& shared);
void CompileView(const ViewInfo& view, bool default_errors, FlowContext& shared);
void CompileAnonymousFlow(const ast::FlowDecl& flow, bool default_errors, FlowContext& shared);

/// `from a, b`: one stream of all.
StreamFlow CompileFrom(const ast::Pipeline& pipeline, StageContext& context);

}  // namespace weir::semantic
