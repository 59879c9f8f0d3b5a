#pragma once

#include <memory>
#include <string>

#include "runtime/exec/output.h"
#include "tests/simulation/trail.h"

namespace weir::simulation {

/// Sees to it that the watermark of a stream on one worker never goes back.
std::unique_ptr<Output> MakeWatermarkTap(const std::string& stream, uint32_t worker, Trail* trail);

}  // namespace weir::simulation
