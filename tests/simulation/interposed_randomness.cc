#include "tests/simulation/interposed_randomness.h"

#include "tests/simulation/choices.h"

namespace weir::simulation {
namespace {

Choices randomness(1);

}  // namespace

void SeedRandomness(uint64_t seed) { randomness = Choices(seed); }
uint64_t NextRandom() { return randomness.Next(); }

}  // namespace weir::simulation
