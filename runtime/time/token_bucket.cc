#include "runtime/time/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace weir {

void TokenBucket::Refill(Micros now) {
  if (last_ == kMinTimestamp) {
    last_ = now;
    tokens_ = 1;
    return;
  }
  if (now <= last_) return;
  const double seconds = static_cast<double>(now - last_) / static_cast<double>(kMicrosPerSecond);
  tokens_ = std::min(tokens_ + seconds * rate_, std::max(1.0, rate_ / 10));
  last_ = now;
}

int64_t TokenBucket::Available(Micros now, int64_t wanted) {
  if (rate_ <= 0) return wanted;
  Refill(now);
  return std::clamp<int64_t>(static_cast<int64_t>(std::floor(tokens_)), 0, wanted);
}

Micros TokenBucket::NextAt(Micros now) const {
  if (rate_ <= 0 || tokens_ >= 1) return now;
  // Small limits wake once per row, large ones about a hundred times per second.
  const double rows = std::max(1.0 - tokens_, rate_ / 100);
  return now + static_cast<Micros>(std::ceil(rows / rate_ * static_cast<double>(kMicrosPerSecond)));
}

}  // namespace weir
