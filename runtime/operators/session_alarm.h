#pragma once

#include "runtime/base/clock.h"

namespace weir {

// Sessions are looked at when they may close in buckets of a second, not of a microsecond: a
// session whose end is within a second closes when the watermark reaches the end of that second.

/// The second in which a session that is due at `due` is looked at.
inline Micros AlarmSecond(Micros due) {
  const Micros rest = due % kMicrosPerSecond;
  if (rest == 0) return due;
  return due - rest + (due > 0 ? kMicrosPerSecond : 0);
}

/// Results of sessions that are open at `watermark` carry event times from this on, when a session
/// closes `hold` after its last event.
inline Micros SessionOutputWatermark(Micros watermark, Micros hold) {
  if (watermark <= kMinTimestamp + hold + kMicrosPerSecond) return kMinTimestamp;
  Micros rest = watermark % kMicrosPerSecond;
  if (rest < 0) rest += kMicrosPerSecond;
  return watermark - rest - hold;
}

}  // namespace weir
