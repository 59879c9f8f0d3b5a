#pragma once

#include <cstdint>

namespace weir::simulation {

/// What the life gets instead of the system's random numbers.
void SeedRandomness(uint64_t seed);
uint64_t NextRandom();

}  // namespace weir::simulation
