#pragma once

#include <cstdint>
#include <string>

#include "runtime/operators/session_lifetimes.h"
#include "runtime/operators/session_pool.h"
#include "runtime/operators/state_executor.h"
#include "runtime/operators/state_layout.h"

namespace weir {

/// One open session of a `session` stage: the start of its block of memory; state fields follow.
struct Session {
  Micros start;
  Micros last_event;
  int64_t count;
  uint8_t* key_block;    ///< of the operator's table: whose session it is
  Session* next;         ///< of the same key
  Micros emitted_start;  ///< id under which readers know it; kMinTimestamp: not emitted yet
  SessionWatch<Session> watch;
  uint8_t changed;  ///< since it was last emitted
  uint8_t dead;     ///< merged away or closed: freed when it would have been due

  SessionMeta Meta(bool closed, bool is_new) const {
    return {start, last_event, count, closed, is_new};
  }
};

using StateSessionPool = SessionPool<Session, StateLayout>;

/// A session that readers know under an id (start) that is no longer its own.
struct RenamedSession {
  std::string key;
  Micros old_start;
};

}  // namespace weir
