#include "runtime/base/clock.h"

#include <chrono>

namespace weir {

Micros SystemClock::Now() const {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  return duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

SystemClock& SystemClock::Instance() {
  static SystemClock clock;
  return clock;
}

void ManualClock::AdvanceTo(Micros time) {
  Micros seen = now_.load(std::memory_order_relaxed);
  while (seen < time && !now_.compare_exchange_weak(seen, time)) {
  }
}

}  // namespace weir
