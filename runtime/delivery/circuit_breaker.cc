#include "runtime/delivery/circuit_breaker.h"

#include <algorithm>

namespace weir {

Micros CircuitBreaker::Ask(const void* lane, Micros now) {
  const std::lock_guard lock(mutex_);
  switch (state_) {
    case State::kClosed: return now;
    case State::kOpen:
      if (now < open_until_) return open_until_;
      state_ = State::kHalfOpen;
      probing_ = lane;
      return now;
    case State::kHalfOpen: break;
  }
  return probing_ == lane ? now : now + kProbeTime;
}

void CircuitBreaker::Answered() {
  const std::lock_guard lock(mutex_);
  state_ = State::kClosed;
  failures_ = 0;
  probing_ = nullptr;
}

bool CircuitBreaker::Failed(Micros next_attempt_at) {
  const std::lock_guard lock(mutex_);
  ++failures_;
  if (failures_ < kFailuresToOpen) return false;
  const bool opened = state_ == State::kClosed;
  // A lane that was still on its way when the circuit opened doesn't make the pause shorter.
  open_until_ = state_ == State::kOpen ? std::max(open_until_, next_attempt_at) : next_attempt_at;
  state_ = State::kOpen;
  probing_ = nullptr;
  return opened;
}

void CircuitBreaker::Leave(const void* lane) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kHalfOpen || probing_ != lane) return;
  state_ = State::kOpen;  // another lane may probe at once
  probing_ = nullptr;
}

CircuitBreaker::State CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace weir
