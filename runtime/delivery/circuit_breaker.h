#pragma once

#include <mutex>

#include "runtime/base/clock.h"

namespace weir {

/// Of a target that several lanes send to: whether it is worth trying. When some attempts in a row
/// have failed, whichever lanes made them, the circuit opens: nobody tries until the pause is over,
/// then one lane alone (half open); its success lets all go on, its failure opens the circuit
/// again. So a target that is away, or just coming back, meets one probe at a time instead of all
/// lanes. (M. Nygard, Release It!, "Circuit Breaker".) Thread-safe.
class CircuitBreaker {
 public:
  enum class State : uint8_t { kClosed, kOpen, kHalfOpen };
  /// Failures in a row that open it.
  static constexpr int kFailuresToOpen = 3;

  /// `now` when `lane` may try, else when it should ask again. Who may try says how it went.
  Micros Ask(const void* lane, Micros now);
  /// The target answered, be it that it refuses something for good.
  void Answered();
  /// It did not; the lane will pause until `next_attempt_at`. True when that opened the circuit.
  bool Failed(Micros next_attempt_at);
  /// The lane will neither ask nor tell any more.
  void Leave(const void* lane);

  State state() const;

 private:
  /// How long a lane waits for another one's probe before it asks again.
  static constexpr Micros kProbeTime = 100'000;

  mutable std::mutex mutex_;
  State state_ = State::kClosed;
  int failures_ = 0;
  Micros open_until_ = 0;
  const void* probing_ = nullptr;  ///< while half open
};

}  // namespace weir
