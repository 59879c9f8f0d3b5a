#pragma once

#include <absl/container/btree_set.h>

#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/operators/key_rounds.h"
#include "runtime/state/state_table.h"

namespace weir {

/// The timers of a `process` stage: those that are set, and those that are due on their way to
/// fire. Each key has at most one of each name, kept in its block at an offset (`BytesFor` many
/// bytes, zero at first, then `Init`). One thread.
class TimerQueue {
 public:
  struct Alarm {
    Micros time;
    uint8_t* block;
    int timer;
    friend bool operator<(const Alarm& a, const Alarm& b) {
      return std::tie(a.time, a.block, a.timer) < std::tie(b.time, b.block, b.timer);
    }
  };

  /// `timers`: number of names.
  TimerQueue(size_t timers, size_t offset) : timers_(timers), offset_(offset) {}
  static size_t BytesFor(size_t timers) {
    return sizeof(KeyRounds::Mark) + timers * sizeof(Micros);
  }

  size_t num_timers() const { return timers_; }
  void Init(uint8_t* block) const;
  /// kMaxTimestamp: not set.
  Micros At(const uint8_t* block, size_t timer) const { return TimesOf(block)[timer]; }
  bool AnySet(uint8_t* block) const;
  /// Of the timers of a key; kMaxTimestamp: none is set.
  Micros Earliest(const uint8_t* block) const;
  /// The key leaves memory; none of its timers may be due. Init or Set make it known again.
  void Forget(uint8_t* block);
  /// Of what is set, outside the blocks.
  size_t ByteSize() const { return set_.size() * sizeof(Alarm); }

  /// Moves a timer; kMaxTimestamp cancels it. A deferred one is not due before InsertDeferred.
  void Set(uint8_t* block, int timer, Micros time, bool deferred);
  void InsertDeferred();

  /// Timers of one key that are due by `limit` will fire, those of all keys; StartFiring: whether
  /// there are any. Not while firing.
  void AddDue(uint8_t* block, Micros limit);
  void AddAllDue(Micros limit);
  bool StartFiring();
  bool firing() const { return firing_; }
  /// The next that fire, all of one name and of different keys, at most `most`, in order of time as
  /// far as these allow. Fewer than due when earlier ones cancelled or moved them. Empty: firing is
  /// over.
  std::vector<Alarm> NextToFire(size_t most);

 private:
  KeyRounds::Mark& MarkOf(uint8_t* block) const {
    return *reinterpret_cast<KeyRounds::Mark*>(block + offset_);
  }
  const Micros* TimesOf(const uint8_t* block) const {
    return reinterpret_cast<const Micros*>(block + offset_ + sizeof(KeyRounds::Mark));
  }
  Micros* TimesOf(uint8_t* block) const {
    return reinterpret_cast<Micros*>(block + offset_ + sizeof(KeyRounds::Mark));
  }
  /// At most one timer of each key, by name, into round_.
  void BeginRound();

  size_t timers_;
  size_t offset_;
  absl::btree_set<Alarm> set_;
  std::vector<Alarm> deferred_;
  bool firing_ = false;
  std::vector<Alarm> due_;  ///< sorted; of later rounds while firing
  KeyRounds rounds_;
  std::vector<std::vector<Alarm>> round_;  ///< by name
  size_t name_ = 0;                        ///< place of the next to fire
  size_t next_ = 0;
};

}  // namespace weir
