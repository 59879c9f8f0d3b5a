// The part of SessionOperator that stores keys, lets them leave memory and brings them back.
#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/operators/cold_keys.h"
#include "runtime/operators/session_operator.h"

namespace weir {
namespace {

constexpr char kSessionsVersion = 1;

}  // namespace

// Entries: slot "sessions", by encoded key: version, then for each session its times, count, the id
// that readers know, whether it changed since, and its fields.
void SessionOperator::Serialize(const uint8_t* key_block, std::string& out) const {
  out.push_back(kSessionsVersion);
  for (Session* session = StateOf(key_block).sessions; session != nullptr;
       session = session->next) {
    const int64_t head[5] = {session->start, session->last_event, session->count,
                             session->emitted_start, session->changed};
    out.append(reinterpret_cast<const char*>(head), sizeof(head));
    executor_.layout().Serialize(StateSessionPool::BlockOf(session), out);
  }
}

Status SessionOperator::Snapshot(StateWriter& out) {
  table_.Seal(&out);
  times_.Put(context_, {watermark_, next_emit_, settled_}, out);
  return Status::Ok();
}

template <typename Next>
Status SessionOperator::ReadSessions(std::string_view value, Next&& next) const {
  if (value.empty() || value[0] != kSessionsVersion) {
    return DataLossError("{}: stored sessions are damaged", session_.name);
  }
  value.remove_prefix(1);
  while (!value.empty()) {
    int64_t head[5];
    if (value.size() < sizeof(head)) {
      return DataLossError("{}: a stored session is damaged", session_.name);
    }
    std::memcpy(head, value.data(), sizeof(head));
    value.remove_prefix(sizeof(head));
    Session* session = next();
    session->start = head[0];
    session->last_event = head[1];
    session->count = head[2];
    session->emitted_start = head[3];
    session->changed = static_cast<uint8_t>(head[4]);
    WEIR_TRY(executor_.layout().Deserialize(value, StateSessionPool::BlockOf(session)));
  }
  return Status::Ok();
}

Status SessionOperator::ReadKey(std::string_view value, uint8_t* key_block) {
  // In the order in which they are stored.
  Session** end = &StateOf(key_block).sessions;
  return ReadSessions(value, [&] {
    Session* session = *end = pool_.New();
    session->key_block = key_block;
    end = &session->next;
    return session;
  });
}

void SessionOperator::Take(uint8_t* key_block) {
  for (Session* session = StateOf(key_block).sessions; session != nullptr;
       session = session->next) {
    lifetimes_.Watch(session);
    if (session->changed != 0 && emits_early()) changed_.push_back(session);
  }
  if (!changed_.empty() && next_emit_ == kMaxTimestamp) ScheduleEmit();
}

Micros SessionOperator::DueOf(const Session& session) const {
  if (session.changed != 0 && emits_early()) return kMinTimestamp;
  return lifetimes_.DueOf(session.last_event);
}

Micros SessionOperator::DueOf(const uint8_t* key_block) const {
  Micros due = kMaxTimestamp;
  for (const Session* s = StateOf(key_block).sessions; s != nullptr; s = s->next) {
    due = std::min(due, DueOf(*s));
  }
  return due;
}

Micros SessionOperator::DueOfStored(std::string_view value) {
  Micros due = kMaxTimestamp;
  Session* session = nullptr;
  const auto take = [&] {
    if (session == nullptr) return;
    due = std::min(due, DueOf(*session));
    scratch_.Free(session);
  };
  const Status read = ReadSessions(value, [&] {
    take();
    return session = scratch_.New();
  });
  take();
  return read.ok() ? due : kMinTimestamp;  // found damaged when it is read
}

StateTable::Cold SessionOperator::ColdKeys() {
  StateTable::Cold cold;
  cold.deserialize = [this](std::string_view value, uint8_t* key_block) {
    return ReadKey(value, key_block);
  };
  cold.due = [this](const uint8_t* key_block) { return DueOf(key_block); };
  cold.due_of_stored = [this](std::string_view value) { return DueOfStored(value); };
  cold.may_leave = [this](const uint8_t* key_block) { return DueOf(key_block) > watermark_; };
  cold.leaves = [this](uint8_t* key_block) {
    Session* next = std::exchange(StateOf(key_block).sessions, nullptr);
    while (next != nullptr) {
      Session* session = std::exchange(next, next->next);
      lifetimes_.Forget(session);
      pool_.Free(session);
    }
  };
  cold.came_back = [this](uint8_t* key_block) { Take(key_block); };
  return cold;
}

StateMemory SessionOperator::Memory() {
  return WithSessions(table_.Memory(), pool_.size() * executor_.layout().block_size(),
                      context_.cold_state != nullptr);
}

/// The table knows only what it frees itself.
size_t SessionOperator::Evict(size_t bytes) { return EvictSessions(table_, Memory(), bytes); }

void SessionOperator::Settle() { settled_ = std::max(settled_, SettledUntil(table_, watermark_)); }

void SessionOperator::CountSessions() {
  // Outside memory most keys have one.
  ledger_.gauges["sessions"] = static_cast<int64_t>(pool_.size() + table_.cold_rows());
}

/// Keys come back because a session of theirs may have to close.
Status SessionOperator::Sweep(SliceBudget& budget, bool take_all) {
  WEIR_TRY(table_.Sweep(budget, take_all));
  // At the end of input ResumeAllKeys sees to them.
  if (watermark_ == kMaxTimestamp) return Status::Ok();
  if (lifetimes_.AnyDue(watermark_)) {
    BeginClosing(watermark_);
  } else {
    Settle();
  }
  return Status::Ok();
}

Status SessionOperator::ResumeAllKeys() {
  if (table_.sweeping()) {
    SliceBudget slice(SliceBudget::kSlice);
    WEIR_TRY(table_.Sweep(slice, /*take_all=*/false));
    if (lifetimes_.AnyDue(kMaxTimestamp)) BeginClosing(kMaxTimestamp);
  } else if (!std::exchange(called_back_, true)) {
    table_.BringBack(kMaxTimestamp - 1);
  } else {
    all_keys_ = false;
    Settle();
  }
  return Status::Ok();
}

Status SessionOperator::Restore(const StateReader& in) {
  Micros settled = kMaxTimestamp;
  WEIR_TRY(times_.Read(in, session_.name, {&watermark_, &next_emit_, &settled}));
  settled_ = std::min(settled, watermark_);
  if (table_.sweeping()) {
    // The keys come by and by.
    if (watermark_ != kMaxTimestamp) table_.BringBack(watermark_);
    return Status::Ok();
  }
  return in.ForEach("sessions",
                    [this](uint32_t, std::string_view key, std::string_view value) -> Status {
                      uint8_t* key_block = table_.AddCommitted(key, HashBytes(key));
                      WEIR_TRY(ReadKey(value, key_block));
                      Take(key_block);
                      return Status::Ok();
                    });
}

}  // namespace weir
