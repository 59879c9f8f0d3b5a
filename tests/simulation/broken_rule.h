#pragma once

#include <cstdint>

namespace weir::simulation {

/// The rule of guarantees.md that is deliberately broken, so that it shows whether the simulation
/// would notice: by what stands in for the engine's surroundings, or around its interfaces. No hook
/// is in the engine.
enum class BrokenRule : uint8_t {
  kNone,
  kRule1,   ///< some commits fail, and their changes are missing in the next one
  kRule6,   ///< a start does not compare marks with its state
  kRule7,   ///< the target takes writes of any owner
  kRule12,  ///< a unit is settled before a commit has its refused rows
  kRule17,  ///< ledgers are left out of some commits
  kRule18,  ///< a sink waits for its target at the barrier
};

}  // namespace weir::simulation
