#pragma once

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// F0151 for junctions nobody reads; W0150 for streams, sources, sinks, tables and schemas that
/// nothing uses; W0602 for money in floats.
void CheckUnused(FlowContext& shared);

}  // namespace weir::semantic
