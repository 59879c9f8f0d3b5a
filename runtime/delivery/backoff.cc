#include "runtime/delivery/backoff.h"

#include <algorithm>

namespace weir {

Backoff::Backoff(Micros least, Micros most, uint64_t seed)
    : least_(std::max<Micros>(least, 1)), most_(std::max(most, least_)), random_(seed) {}

Micros Backoff::Next() {
  Micros pause = least_;
  for (int i = 0; i < attempts_ && pause < most_; ++i) pause *= 2;
  pause = std::min(pause, most_);
  ++attempts_;
  // xorshift64*: good enough to spread attempts, and the same for the same seed.
  random_ = random_ == 0 ? 0x9e3779b97f4a7c15 : random_;
  random_ ^= random_ >> 12;
  random_ ^= random_ << 25;
  random_ ^= random_ >> 27;
  const auto share = static_cast<Micros>((random_ * 0x2545f4914f6cdd1d) >> 54);  // 0 … 1023
  return std::max<Micros>(pause - pause / 4 + pause / 2 * share / 1024, 1);
}

}  // namespace weir
