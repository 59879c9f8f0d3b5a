#pragma once

#include "runtime/base/clock.h"

namespace weir {

/// Updates of one key within this time leave together when results leave on update.
inline constexpr Micros kCombineFor = kMicrosPerSecond;

/// State that ends after a lifetime is looked at this many times per lifetime.
inline constexpr Micros kSlicesPerLife = 16;

}  // namespace weir
