#pragma once

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// F0513 where a sink or view writes the files that a source or table of the same file reads;
/// W0151 where rows come back to the stream they were made of through a topic.
void CheckFeedback(FlowContext& shared);

}  // namespace weir::semantic
