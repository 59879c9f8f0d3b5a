#pragma once

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// W0160 for what parses and has no meaning yet, once for each kind: alerts, objectives, @subject.
/// The streams that alerts name are checked.
void CheckUnevaluated(FlowContext& shared);

}  // namespace weir::semantic
