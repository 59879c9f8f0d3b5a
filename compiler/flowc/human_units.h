#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/clock.h"

namespace weir::flowc {

/// 1536 -> 1.5 KiB
std::string BytesText(uint64_t bytes);
/// In the largest unit: 90 s -> 1.5 min.
std::string DurationText(Micros duration);
/// 2026-01-31 12:00:00Z; whole seconds.
std::string TimeText(Micros time);

}  // namespace weir::flowc
