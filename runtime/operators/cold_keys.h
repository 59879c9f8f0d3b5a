#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "runtime/base/clock.h"
#include "runtime/operators/update_pace.h"
#include "runtime/state/state_table.h"

namespace weir {

/// When a key that has something to do at `time` must be in memory: the start of the slice of event
/// time that `time` lies in. Each slice that begins has a sweep look for what is due, and a
/// key that moves on to another slice is written there: so a slice is between a 32nd and a 16th of
/// the way from `since`, when the key was last active, to `time`, and never below a second.
inline Micros DueSlice(Micros time, Micros since) {
  // Of two times anywhere in their range: exact in unsigned numbers.
  const uint64_t ahead =
      time > since ? static_cast<uint64_t>(time) - static_cast<uint64_t>(since) : 0;
  const uint64_t seconds = ahead / static_cast<uint64_t>(kSlicesPerLife * kMicrosPerSecond);
  const auto width =
      static_cast<Micros>(std::bit_floor(std::max<uint64_t>(seconds, 1))) * kMicrosPerSecond;
  const Micros into = time % width;
  const Micros start = time - into;
  return into < 0 && start >= kMinTimestamp + width ? start - width : start;
}

/// How far readers may be told of an operator that has done all that its rows in memory have to do
/// by `watermark`: not beyond what a row outside may still have to do before.
inline Micros SettledUntil(const StateTable& table, Micros watermark) {
  const Micros due = table.none_due_before();
  if (due > watermark) return watermark;
  return due == kMinTimestamp ? due : due - 1;
}

/// What a stage takes whose keys (in `keys`) have `sessions` bytes of sessions beside the table.
inline StateMemory WithSessions(StateMemory keys, size_t sessions, bool may_leave) {
  const size_t dirty = keys.total == 0 ? 0 : sessions / 64 * (keys.dirty * 64 / keys.total);
  keys.Add({sessions, 0, dirty});
  keys.fixed = may_leave ? 0 : keys.total;
  return keys;
}

/// As StateTable::Evict, where a key takes its sessions with it: `all` is what both take.
inline size_t EvictSessions(StateTable& keys, const StateMemory& all, size_t bytes) {
  const size_t of_keys = std::max<size_t>(keys.Memory().total, 1);
  const double times =
      static_cast<double>(std::max(all.total, of_keys)) / static_cast<double>(of_keys);
  const double wanted = std::min(static_cast<double>(bytes) / times + 1, 1e18);
  return static_cast<size_t>(static_cast<double>(keys.Evict(static_cast<size_t>(wanted))) * times);
}

}  // namespace weir
