#include "runtime/operators/timer_queue.h"

#include <algorithm>
#include <utility>

namespace weir {

void TimerQueue::Init(uint8_t* block) const { std::fill_n(TimesOf(block), timers_, kMaxTimestamp); }

bool TimerQueue::AnySet(uint8_t* block) const {
  const Micros* times = TimesOf(block);
  return std::any_of(times, times + timers_, [](Micros time) { return time != kMaxTimestamp; });
}

Micros TimerQueue::Earliest(const uint8_t* block) const {
  const Micros* times = TimesOf(block);
  return timers_ == 0 ? kMaxTimestamp : *std::min_element(times, times + timers_);
}

void TimerQueue::Forget(uint8_t* block) {
  const Micros* times = TimesOf(block);
  for (size_t i = 0; i < timers_; ++i) {
    if (times[i] != kMaxTimestamp) set_.erase(Alarm{times[i], block, static_cast<int>(i)});
  }
}

void TimerQueue::Set(uint8_t* block, int timer, Micros time, bool deferred) {
  Micros& at = TimesOf(block)[timer];
  if (at != kMaxTimestamp) set_.erase(Alarm{at, block, timer});
  at = time;
  if (time == kMaxTimestamp) return;
  if (deferred) {
    deferred_.push_back({time, block, timer});
  } else {
    set_.insert(Alarm{time, block, timer});
  }
}

void TimerQueue::InsertDeferred() {
  for (const Alarm& alarm : deferred_) {
    if (TimesOf(alarm.block)[alarm.timer] == alarm.time) set_.insert(alarm);
  }
  deferred_.clear();
}

void TimerQueue::AddDue(uint8_t* block, Micros limit) {
  for (size_t i = 0; i < timers_; ++i) {
    const Alarm alarm{TimesOf(block)[i], block, static_cast<int>(i)};
    if (alarm.time <= limit && set_.contains(alarm)) due_.push_back(alarm);
  }
}

void TimerQueue::AddAllDue(Micros limit) {
  for (const Alarm& alarm : set_) {
    if (alarm.time > limit) break;
    due_.push_back(alarm);
  }
}

bool TimerQueue::StartFiring() {
  if (due_.empty()) return false;
  std::sort(due_.begin(), due_.end(), [](const Alarm& a, const Alarm& b) {
    if (a.time != b.time) return a.time < b.time;
    const std::string_view key_a = StateTable::KeyOf(a.block);
    const std::string_view key_b = StateTable::KeyOf(b.block);
    return key_a != key_b ? key_a < key_b : a.timer < b.timer;
  });
  firing_ = true;
  BeginRound();
  return true;
}

void TimerQueue::BeginRound() {
  rounds_.Begin();
  round_.assign(timers_, {});
  name_ = next_ = 0;
  std::vector<Alarm> later;
  for (const Alarm& alarm : due_) {
    if (!set_.contains(alarm)) continue;  // cancelled or moved by an earlier one
    if (rounds_.First(MarkOf(alarm.block))) {
      round_[static_cast<size_t>(alarm.timer)].push_back(alarm);
    } else {
      later.push_back(alarm);
    }
  }
  due_ = std::move(later);
}

std::vector<TimerQueue::Alarm> TimerQueue::NextToFire(size_t most) {
  while (true) {
    for (; name_ < round_.size(); ++name_, next_ = 0) {
      const std::vector<Alarm>& alarms = round_[name_];
      if (next_ == alarms.size()) continue;
      const size_t begin = std::exchange(next_, std::min(alarms.size(), next_ + most));
      return {alarms.begin() + static_cast<ptrdiff_t>(begin),
              alarms.begin() + static_cast<ptrdiff_t>(next_)};
    }
    if (due_.empty()) break;
    BeginRound();
  }
  firing_ = false;
  return {};
}

}  // namespace weir
