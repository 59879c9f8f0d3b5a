#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

/// Microseconds since 1970-01-01T00:00:00Z. Every timestamp in the engine has this unit.
using Micros = int64_t;

inline constexpr Micros kMicrosPerSecond = 1'000'000;
inline constexpr Micros kMinTimestamp = INT64_MIN;
inline constexpr Micros kMaxTimestamp = INT64_MAX;

/// The only way to the time of day: nothing else in the engine asks the operating system, so that
/// tests and the simulation own time.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros Now() const = 0;
};

/// The operating system's real-time clock. Thread-safe.
class SystemClock final : public Clock {
 public:
  Micros Now() const override;
  static SystemClock& Instance();
};

/// Stands still until moved; for `flowc test` and unit tests. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Micros start = 0) : now_(start) {}
  Micros Now() const override { return now_.load(std::memory_order_relaxed); }
  void AdvanceTo(Micros time);

 private:
  std::atomic<Micros> now_;
};

}  // namespace weir
