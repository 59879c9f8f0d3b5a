#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/operators/state_executor.h"
#include "runtime/operators/state_layout.h"

namespace weir {

/// One open session: the start of its block of memory; state fields follow.
struct Session {
  Micros start;
  Micros last_event;
  int64_t count;
  uint8_t* key_block;    ///< of the operator's table: whose session it is
  Session* next;         ///< of the same key
  Micros emitted_start;  ///< id under which readers know it; kMinTimestamp: not emitted yet
  uint8_t changed;       ///< since it was last emitted
  uint8_t dead;          ///< merged away or closed: freed when its alarm goes off

  SessionMeta Meta(bool closed, bool is_new) const {
    return {start, last_event, count, closed, is_new};
  }
};

/// Memory of sessions of one layout. Owns all that it handed out.
class SessionPool {
 public:
  explicit SessionPool(const StateLayout& layout) : layout_(layout) {}
  ~SessionPool();
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  /// State fields at their initial values; the rest zero.
  Session* New();
  void Free(Session* session);
  size_t size() const { return blocks_.size() - free_.size(); }

  static uint8_t* BlockOf(Session* session) { return reinterpret_cast<uint8_t*>(session); }

 private:
  const StateLayout& layout_;
  std::vector<std::unique_ptr<uint8_t[]>> blocks_;
  std::vector<uint8_t*> free_;
};

}  // namespace weir
