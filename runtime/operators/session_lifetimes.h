#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/operators/cold_keys.h"
#include "runtime/state/state_table.h"

namespace weir {

/// In each session, zero at first: its place in SessionLifetimes.
template <typename S>
struct SessionWatch {
  S* previous;
  S* next;
  Micros second;
  bool listed;
};

/// When sessions of one stage are open and when they are looked at because they may close: in
/// buckets of a second, not of a microsecond. A session whose end is within a second closes when
/// the watermark reaches the end of that second. `S` has start, last_event, key_block, dead and
/// watch. One thread.
template <typename S>
class SessionLifetimes {
 public:
  /// A session closes `hold` (gap and lateness) after its last event.
  explicit SessionLifetimes(Micros hold) : hold_(hold) {}

  bool IsOpen(const S& session, Micros watermark) const {
    return watermark == kMinTimestamp || session.last_event + hold_ > watermark;
  }
  /// A row that could not open a session: it may only be part of a longer one.
  bool IsOld(Micros time, Micros watermark) const {
    return watermark != kMinTimestamp && time + hold_ <= watermark;
  }
  /// Results of sessions that are open at `watermark` carry event times from this on. Sessions wait
  /// for the full second, so the part of a second doesn't count.
  Micros OutputWatermark(Micros watermark) const {
    if (watermark <= kMinTimestamp + hold_ + kMicrosPerSecond) return kMinTimestamp;
    Micros rest = watermark % kMicrosPerSecond;
    if (rest < 0) rest += kMicrosPerSecond;
    return watermark - rest - hold_;
  }

  /// When a session must be in memory, which sessions with other last events never turn round.
  Micros DueOf(Micros last_event) const {
    const Micros second = SecondOf(last_event + hold_);
    return DueSlice(second, second - hold_);
  }

  /// Each session, dead ones too, is watched once until TakeDue hands it out or it is forgotten.
  void Watch(S* session) {
    const Micros second = SecondOf(session->last_event + hold_);
    S*& first = by_second_.try_emplace(second, nullptr).first->second;
    session->watch = {nullptr, first, second, true};
    if (first != nullptr) first->watch.previous = session;
    first = session;
  }
  /// In no time, for a session that leaves memory.
  void Forget(S* session) {
    const SessionWatch<S> watch = std::exchange(session->watch, {});
    if (!watch.listed) return;
    if (watch.next != nullptr) watch.next->watch.previous = watch.previous;
    if (watch.previous != nullptr) {
      watch.previous->watch.next = watch.next;
    } else if (watch.next != nullptr) {
      by_second_[watch.second] = watch.next;
    } else {
      by_second_.erase(watch.second);
    }
  }
  bool AnyDue(Micros watermark) const {
    return !by_second_.empty() && by_second_.begin()->first <= watermark;
  }

  struct Due {
    std::vector<S*> closing;  ///< in the order in which they leave, the same in every run
    std::vector<S*> dead;
  };
  Due TakeDue(Micros watermark) {
    Due due;
    while (AnyDue(watermark)) {
      S* next = by_second_.begin()->second;
      by_second_.erase(by_second_.begin());
      while (next != nullptr) {
        S* session = std::exchange(next, next->watch.next);
        session->watch = {};
        if (session->dead != 0) {
          due.dead.push_back(session);
        } else if (watermark != kMaxTimestamp && IsOpen(*session, watermark)) {
          Watch(session);
        } else {
          due.closing.push_back(session);
        }
      }
    }
    std::sort(due.closing.begin(), due.closing.end(), [](const S* a, const S* b) {
      return a->last_event != b->last_event ? a->last_event < b->last_event : IdBefore(a, b);
    });
    return due;
  }

  /// By key, then by start.
  static bool IdBefore(const S* a, const S* b) {
    const std::string_view key_a = StateTable::KeyOf(a->key_block);
    const std::string_view key_b = StateTable::KeyOf(b->key_block);
    return key_a != key_b ? key_a < key_b : a->start < b->start;
  }

 private:
  static Micros SecondOf(Micros due) {
    const Micros rest = due % kMicrosPerSecond;
    if (rest == 0) return due;
    return due - rest + (due > 0 ? kMicrosPerSecond : 0);
  }

  Micros hold_;
  std::map<Micros, S*> by_second_;  ///< first of a list
};

/// Sessions on their way out, a batch at a time.
template <typename S>
class LeavingSessions {
 public:
  LeavingSessions(std::vector<S*> sessions, bool closed)
      : sessions_(std::move(sessions)), closed_(closed) {}

  /// The final rows of sessions, not updates of open ones.
  bool closed() const { return closed_; }
  bool done() const { return next_ == sessions_.size(); }
  std::span<S* const> Next(size_t most) {
    const size_t begin = std::exchange(next_, std::min(sessions_.size(), next_ + most));
    return std::span<S* const>(sessions_).subspan(begin, next_ - begin);
  }
  const std::vector<S*>& sessions() const { return sessions_; }

 private:
  std::vector<S*> sessions_;
  size_t next_ = 0;
  bool closed_;
};

}  // namespace weir
