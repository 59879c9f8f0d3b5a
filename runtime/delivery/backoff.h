#pragma once

#include <cstdint>

#include "runtime/base/clock.h"

namespace weir {

/// Pauses between attempts: each about twice the last, between `least` and `most`, and a random
/// quarter shorter or longer, so that lanes which failed together don't come back together.
class Backoff {
 public:
  Backoff(Micros least, Micros most, uint64_t seed);
  /// The pause before the next attempt.
  Micros Next();
  void Reset() { attempts_ = 0; }

 private:
  Micros least_, most_;
  uint64_t random_;
  int attempts_ = 0;
};

}  // namespace weir
