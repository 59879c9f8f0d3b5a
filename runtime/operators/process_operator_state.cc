// The part of ProcessOperator that stores keys, lets them leave memory and brings them back.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "runtime/operators/cold_keys.h"
#include "runtime/operators/process_operator.h"
#include "runtime/operators/state_value.h"

namespace weir {
namespace {

constexpr char kKeyVersion = 1;
/// Stands among the timers, and no timer can have it: when the last one fired, where that is later
/// than the last row.
constexpr const char* kLastTimer = "@fired";

}  // namespace

// Entries: slot "keys", by encoded key: version, last row, flags, then each pending timer by name,
// an empty name, and the fields.
void ProcessOperator::Serialize(const uint8_t* block, std::string& out) const {
  const KeyState& state = StateOf(block);
  out.push_back(kKeyVersion);
  AppendStateValue(Value::Int64(state.last_row), out);
  out.push_back(static_cast<char>(state.changed));
  out.push_back(static_cast<char>(state.emitted));
  bool any = false;
  for (size_t i = 0; i < timers_.num_timers(); ++i) {
    if (timers_.At(block, i) == kMaxTimestamp) continue;
    any = true;
    AppendStateValue(Value::String(process_.program.timers[i]), out);
    AppendStateValue(Value::Int64(timers_.At(block, i)), out);
  }
  if (any && state.last_timer > state.last_row) {
    AppendStateValue(Value::String(kLastTimer), out);
    AppendStateValue(Value::Int64(state.last_timer), out);
  }
  AppendStateValue(Value::String(""), out);
  executor_.layout().Serialize(block, out);
}

Status ProcessOperator::Snapshot(StateWriter& out) {
  table_.Seal(&out);
  times_.Put(context_, {watermark_, next_emit_, settled_}, out);
  return Status::Ok();
}

Status ProcessOperator::ReadTimes(std::string_view& value, KeyState& state) {
  const std::vector<std::string>& timers = process_.program.timers;
  stored_timers_.assign(timers.size(), kMaxTimestamp);
  if (value.empty() || value[0] != kKeyVersion) {
    return DataLossError("{}: a stored key is damaged", process_.name);
  }
  value.remove_prefix(1);
  WEIR_ASSIGN(const Value last_row, ReadStateValue(DataType::Int64(), value));
  if (value.size() < 2) return DataLossError("{}: a stored key is damaged", process_.name);
  state.last_row = last_row.as_int64();
  state.last_timer = kMinTimestamp;
  state.changed = static_cast<uint8_t>(value[0]);
  state.emitted = static_cast<uint8_t>(value[1]);
  value.remove_prefix(2);
  while (true) {
    WEIR_ASSIGN(const Value name, ReadStateValue(DataType::String(), value));
    if (name.as_string().empty()) return Status::Ok();
    WEIR_ASSIGN(const Value time, ReadStateValue(DataType::Int64(), value));
    const auto found = std::find(timers.begin(), timers.end(), name.as_string());
    // A timer that the program no longer has does nothing.
    if (found != timers.end()) {
      stored_timers_[static_cast<size_t>(found - timers.begin())] = time.as_int64();
    } else if (name.as_string() == kLastTimer) {
      state.last_timer = time.as_int64();
    }
  }
}

Status ProcessOperator::ReadBlock(std::string_view value, uint8_t* block) {
  WEIR_TRY(ReadTimes(value, StateOf(block)));
  for (size_t i = 0; i < stored_timers_.size(); ++i) {
    timers_.Set(block, static_cast<int>(i), stored_timers_[i], false);
  }
  return executor_.layout().Deserialize(value, block);
}

void ProcessOperator::Take(uint8_t* block) {
  RegisterEnd(block);
  if (sweeping_ && timers_.AnySet(block)) returned_.push_back(block);
  if (StateOf(block).changed == 0) return;
  // What was combined but not yet emitted leaves after the restart.
  changed_.push_back(block);
  if (next_emit_ != kMaxTimestamp) return;
  next_emit_ = context_.clock->Now() + process_.emit.every.value_or(kCombineFor);
}

Micros ProcessOperator::DueOf(const KeyState& state, Micros first_timer) const {
  if (state.changed != 0) return kMinTimestamp;
  if (first_timer != kMaxTimestamp) {
    return DueSlice(first_timer, std::max(state.last_row, state.last_timer));
  }
  // A life that is over is known from the key itself when a row comes: its end may be late.
  return ends_.SliceOf(state.last_row + process_.ttl);
}

Micros ProcessOperator::DueOfStored(std::string_view value) {
  KeyState state{};
  if (!ReadTimes(value, state).ok()) return kMinTimestamp;  // found damaged when it is read
  return DueOf(state, FirstStoredTimer());
}

/// Of the value that ReadTimes has read last; kMaxTimestamp: it has none.
Micros ProcessOperator::FirstStoredTimer() const {
  const auto first = std::min_element(stored_timers_.begin(), stored_timers_.end());
  return first == stored_timers_.end() ? kMaxTimestamp : *first;
}

Micros ProcessOperator::DueOfBlock(const uint8_t* block) const {
  const Micros first = timers_.Earliest(block);
  if (only_timers_ && first == kMaxTimestamp && StateOf(block).changed == 0) return kMaxTimestamp;
  return DueOf(StateOf(block), first);
}

StateTable::Cold ProcessOperator::ColdKeys() {
  StateTable::Cold cold;
  cold.deserialize = [this](std::string_view value, uint8_t* block) {
    InitBlock(block);
    return ReadBlock(value, block);
  };
  cold.due = [this](const uint8_t* block) { return DueOfBlock(block); };
  cold.due_of_stored = [this](std::string_view value) { return DueOfStored(value); };
  cold.may_leave = [this](const uint8_t* block) { return DueOfBlock(block) > watermark_; };
  cold.may_stay = [this](std::string_view value) {
    KeyState state{};
    return only_timers_ && ReadTimes(value, state).ok() && state.changed == 0 &&
           FirstStoredTimer() == kMaxTimestamp;
  };
  cold.leaves = [this](uint8_t* block) {
    timers_.Forget(block);
    ends_.Remove(block);
  };
  cold.came_back = [this](uint8_t* block) { Take(block); };
  return cold;
}

StateMemory ProcessOperator::Memory() {
  StateMemory memory = table_.Memory();
  memory.total += timers_.ByteSize();
  if (context_.cold_state == nullptr) memory.fixed = memory.total;
  return memory;
}

Micros ProcessOperator::OutputWatermark(Micros watermark) const {
  return timers_.num_timers() == 0 ? watermark : std::min(watermark, settled_);
}

void ProcessOperator::Settle() { settled_ = std::max(settled_, SettledUntil(table_, watermark_)); }

/// Keys come back because a timer of theirs or their end may be due.
Status ProcessOperator::Sweep(SliceBudget& budget, bool take_all) {
  sweeping_ = true;
  const Status swept = table_.Sweep(budget, take_all);
  sweeping_ = false;
  WEIR_TRY(swept);
  // At the end of input StepAllKeys sees to them.
  if (watermark_ == kMaxTimestamp) return Status::Ok();
  std::erase_if(returned_, [this](uint8_t* block) { return timers_.Earliest(block) > watermark_; });
  if (!returned_.empty()) {
    reach_ = Reach::kReturned;
  } else if (ends_.AnyDue(watermark_)) {
    reach_ = Reach::kAfterTimers;
  } else {
    Settle();
  }
  reaching_ = watermark_;
  return Status::Ok();
}

Status ProcessOperator::StepAllKeys() {
  if (table_.sweeping()) {
    SliceBudget slice(SliceBudget::kSlice);
    WEIR_TRY(Sweep(slice, /*take_all=*/false));
    work_ = context_.batch_rows;
    if (!returned_.empty()) reach_ = Reach::kReturned;
  } else if (!std::exchange(only_timers_, true)) {
    table_.BringBack(kMaxTimestamp - 1);
  } else {
    reach_ = Reach::kNothing;
    Settle();
  }
  return Status::Ok();
}

Status ProcessOperator::Restore(const StateReader& in) {
  Micros settled = kMaxTimestamp;
  WEIR_TRY(times_.Read(in, process_.name, {&watermark_, &next_emit_, &settled}));
  settled_ = std::min(settled, watermark_);
  if (table_.sweeping()) {
    // The keys come by and by.
    if (watermark_ != kMaxTimestamp) table_.BringBack(watermark_);
    return Status::Ok();
  }
  return in.ForEach("keys",
                    [this](uint32_t, std::string_view key, std::string_view value) -> Status {
                      uint8_t* block = table_.AddCommitted(key, HashBytes(key));
                      InitBlock(block);
                      WEIR_TRY(ReadBlock(value, block));
                      Take(block);
                      return Status::Ok();
                    });
}

}  // namespace weir
