#include "runtime/delivery/delivery_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace weir {
namespace {

constexpr Micros kReportEvery = 30 * kMicrosPerSecond;
/// A lane looks at its clock at least this often, since tests and the system may set it.
constexpr Micros kLongestNap = kMicrosPerSecond;

bool WillRetry(const Status& status) {
  return status.IsRetryable() || status.code() == StatusCode::kIoError;
}

}  // namespace

DeliveryLane::DeliveryLane(DeliveryLaneSettings settings, DeliveryTarget* target,
                           DeliveryBudget* budget)
    : settings_(std::move(settings)),
      breaker_(settings_.breaker != nullptr ? settings_.breaker
                                            : std::make_shared<CircuitBreaker>()),
      target_(target),
      budget_(budget),
      backoff_(settings_.backoff_min, settings_.backoff_max, settings_.seed) {}

DeliveryLane::~DeliveryLane() {
  (void)Close(std::chrono::milliseconds(0));
  for (const DeliveryUnit& unit : units_) budget_->Remove(unit.memory);
}

void DeliveryLane::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void DeliveryLane::Push(DeliveryUnit unit) {
  budget_->Add(unit.memory);
  {
    const std::lock_guard lock(mutex_);
    unit.number = ++pushed_;
    units_.push_back(std::move(unit));
  }
  wake_.notify_one();
}

Micros DeliveryLane::RunOnce(Micros now) {
  const DeliveryUnit* unit = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (units_.empty() || !failure_.ok()) return kMaxTimestamp;
    if (!health_.ok() && now < health_.next_attempt_at) return health_.next_attempt_at;
    unit =
        &units_.front();  // stays where it is: only this thread removes, deque ends don't move it
  }
  const Micros again = breaker_->Ask(this, now);
  if (again > now) return again;
  return Attempt(*unit, now);
}

Micros DeliveryLane::Attempt(const DeliveryUnit& unit, Micros now) {
  std::vector<RefusedRow> refused;
  const Status status = target_->Send(unit, refused);
  if (!status.ok()) return NoteFailure(status, now);
  NoteSuccess(now);
  const int64_t memory = unit.memory;
  bool empty = false;
  {
    const std::lock_guard lock(mutex_);
    acknowledged_ = unit.number;
    std::move(refused.begin(), refused.end(), std::back_inserter(refused_));
    units_.pop_front();
    empty = units_.empty();
  }
  budget_->Remove(memory);
  if (empty) drained_.notify_all();
  return empty ? kMaxTimestamp : now;
}

Micros DeliveryLane::NoteFailure(const Status& status, Micros now) {
  if (!WillRetry(status)) {
    breaker_->Answered();
    {
      const std::lock_guard lock(mutex_);
      failure_ = status;
    }
    drained_.notify_all();
    return kMaxTimestamp;
  }
  const Micros pause = backoff_.Next();
  const std::lock_guard lock(mutex_);
  if (health_.ok()) health_.failing_since = now;
  ++health_.failures;
  health_.last_error = status.message();
  health_.next_attempt_at = now + pause;
  const bool opened = breaker_->Failed(health_.next_attempt_at);
  if (health_.failures == 1 || now - reported_at_ >= kReportEvery) {
    reported_at_ = now;
    Report(fmt::format("{}: {}; {} units wait, the next attempt is in {:.1f} s", settings_.name,
                       status.message(), units_.size(),
                       static_cast<double>(pause) / kMicrosPerSecond));
  }
  if (opened && breaker_ == settings_.breaker) {
    Report(fmt::format("{}: {} attempts in a row failed: one lane tries on, the others wait for it",
                       settings_.name, CircuitBreaker::kFailuresToOpen));
  }
  return health_.next_attempt_at;
}

void DeliveryLane::NoteSuccess(Micros now) {
  backoff_.Reset();
  breaker_->Answered();
  const std::lock_guard lock(mutex_);
  if (health_.ok()) return;
  Report(fmt::format("{}: delivers again after {:.1f} s and {} failed attempts", settings_.name,
                     static_cast<double>(now - health_.failing_since) / kMicrosPerSecond,
                     health_.failures));
  health_ = {};
}

void DeliveryLane::Report(const std::string& message) const {
  if (settings_.report) settings_.report(message);
}

void DeliveryLane::Loop() {
  while (true) {
    const Micros now = settings_.clock->Now();
    const Micros again = RunOnce(now);
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    if (again <= now) continue;
    if (again == kMaxTimestamp) {
      wake_.wait(lock, [&] { return stopping_ || (!units_.empty() && failure_.ok()); });
    } else {
      // Not by wait_until: the clock is the engine's, not the system's.
      const Micros nap = std::clamp<Micros>(again - now, 1'000, kLongestNap);
      wake_.wait_for(lock, std::chrono::microseconds(nap), [&] { return stopping_; });
    }
    if (stopping_) return;
  }
}

Status DeliveryLane::TakeResults(std::vector<RefusedRow>& refused, uint64_t* acknowledged) {
  const std::lock_guard lock(mutex_);
  if (acknowledged != nullptr) *acknowledged = acknowledged_;
  std::move(refused_.begin(), refused_.end(), std::back_inserter(refused));
  refused_.clear();
  return failure_;
}

bool DeliveryLane::HasUndelivered() const {
  const std::lock_guard lock(mutex_);
  return !units_.empty() || !refused_.empty();
}

int64_t DeliveryLane::undelivered_rows() const {
  const std::lock_guard lock(mutex_);
  auto rows = static_cast<int64_t>(refused_.size());
  for (const DeliveryUnit& unit : units_) rows += unit.rows;
  return rows;
}

uint64_t DeliveryLane::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

DeliveryHealth DeliveryLane::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

Status DeliveryLane::Close(std::chrono::milliseconds patience) {
  {
    std::unique_lock lock(mutex_);
    if (thread_.joinable()) {
      drained_.wait_for(lock, patience, [&] { return units_.empty() || !failure_.ok(); });
    }
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  breaker_->Leave(this);
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  if (units_.empty()) return Status::Ok();
  int64_t rows = 0;
  for (const DeliveryUnit& unit : units_) rows += unit.rows;
  return UnavailableError("{}: {} rows in {} units are not delivered{}{}", settings_.name, rows,
                          units_.size(), health_.ok() ? "" : ": ", health_.last_error);
}

}  // namespace weir
