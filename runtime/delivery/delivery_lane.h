#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/delivery/backoff.h"
#include "runtime/delivery/circuit_breaker.h"
#include "runtime/delivery/delivery_budget.h"
#include "runtime/delivery/delivery_target.h"

namespace weir {

struct DeliveryLaneSettings {
  std::string name;  ///< in messages: `sink events_table`
  Micros backoff_min = 200'000, backoff_max = 10 * kMicrosPerSecond;
  uint64_t seed = 1;  ///< of the jitter
  /// Shared by the lanes of a target; null: the lane has its own.
  std::shared_ptr<CircuitBreaker> breaker;
  const Clock* clock = nullptr;
  /// Told when the target begins to fail, every half minute while it does, and when it is back; on
  /// the lane's thread.
  std::function<void(const std::string& message)> report;
};

/// Whether a lane's target answers.
struct DeliveryHealth {
  int64_t failures = 0;        ///< attempts since the last success
  Micros failing_since = 0;    ///< 0: it isn't
  Micros next_attempt_at = 0;  ///< while it fails
  std::string last_error;
  bool ok() const { return failures == 0; }
};

/// Delivers units strictly in order, each until the target has it. Push and the questions are
/// thread-safe. Either `Start` gives it a thread, or its owner calls `RunOnce` (tests, a simulated
/// schedule).
class DeliveryLane {
 public:
  DeliveryLane(DeliveryLaneSettings settings, DeliveryTarget* target, DeliveryBudget* budget);
  ~DeliveryLane();
  DeliveryLane(const DeliveryLane&) = delete;
  DeliveryLane& operator=(const DeliveryLane&) = delete;

  void Start();
  /// Takes over the unit's memory in the budget (see `DeliveryBudget`): added here, removed when it
  /// is delivered. Units get their numbers in this order.
  void Push(DeliveryUnit unit);
  /// One attempt for the first unit if it is due. Returns when to call again: `now` at once,
  /// kMaxTimestamp when nothing waits.
  Micros RunOnce(Micros now);

  /// Moves the rows refused so far to `refused`; fails once the lane has ended with a failure.
  /// `*acknowledged`: up to which unit these are all refused rows that there are and were.
  Status TakeResults(std::vector<RefusedRow>& refused, uint64_t* acknowledged = nullptr);
  /// Units that wait, or refused rows that nobody took.
  bool HasUndelivered() const;
  /// Of units that are not acknowledged, and refused ones that were not taken.
  int64_t undelivered_rows() const;
  /// Every unit up to this number is delivered or refused.
  uint64_t acknowledged() const;
  DeliveryHealth health() const;

  /// Waits at most `patience` of real time for what is left, then ends the thread. Fails with the
  /// rows that are not delivered and the target's last error.
  Status Close(std::chrono::milliseconds patience);

 private:
  void Loop();
  Micros Attempt(const DeliveryUnit& unit, Micros now);
  Micros NoteFailure(const Status& status, Micros now);
  void NoteSuccess(Micros now);
  void Report(const std::string& message) const;

  const DeliveryLaneSettings settings_;
  const std::shared_ptr<CircuitBreaker> breaker_;
  DeliveryTarget* const target_;
  DeliveryBudget* const budget_;
  Backoff backoff_;         // of the thread that attempts
  Micros reported_at_ = 0;  // likewise

  mutable std::mutex mutex_;
  std::condition_variable wake_;     ///< a unit came, or the end
  std::condition_variable drained_;  ///< nothing waits any more
  std::deque<DeliveryUnit> units_;   ///< the first stays while it is being sent
  std::vector<RefusedRow> refused_;
  DeliveryHealth health_;
  Status failure_;
  uint64_t pushed_ = 0, acknowledged_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace weir
