#include "runtime/state/cold_rows.h"

#include <algorithm>
#include <utility>

namespace weir {

ColdRows::ColdRows(std::shared_ptr<const StateReader> reader, std::string slot, DueOf due_of)
    : reader_(std::move(reader)), slot_(std::move(slot)), due_of_(std::move(due_of)) {
  if (!reader_->has_commits()) return;
  BeginSweep();
  due_before_sweep_ = kMinTimestamp;
}

void ColdRows::Count(uint32_t group, std::string_view key, Micros due, int change) {
  if (sweeping_ && change > 0) due_before_sweep_ = std::min(due_before_sweep_, due);
  if (!Passed(group, key)) return;  // the sweep will count it where it finds it
  count_ += change;
  if (due == kMaxTimestamp) return;
  const auto at = due_.try_emplace(due, 0).first;
  at->second += change;
  if (at->second == 0) due_.erase(at);
}

void ColdRows::BeginSweep() {
  due_before_sweep_ = none_due_before();
  sweeping_ = true;
  count_ = 0;
  due_.clear();
  group_ = reader_->first_key_group();
  next_key_.clear();
}

Status ColdRows::Sweep(SliceBudget& budget, const InMemory& in_memory, const Take& take) {
  while (sweeping_ && !budget.spent()) {
    if (group_ >= reader_->end_key_group()) {
      sweeping_ = false;
      break;
    }
    WEIR_TRY(SweepGroup(budget, in_memory, take));
  }
  return Status::Ok();
}

Status ColdRows::SweepGroup(SliceBudget& budget, const InMemory& in_memory, const Take& take) {
  bool stopped = false;
  const Status status = reader_->ForEachFrom(
      slot_, group_, next_key_, [&](std::string_view key, std::string_view value) -> Status {
        if (budget.spent()) {
          stopped = true;
          next_key_ = key;
          return CancelledError("the rest waits for the next slice");
        }
        budget.Take(key.size() + value.size());
        // From here on the key counts as passed; nothing else can come between.
        if (in_memory(key) || take(key, value)) return Status::Ok();
        ++count_;
        const Micros due = due_of_(value);
        if (due != kMaxTimestamp) ++due_[due];
        return Status::Ok();
      });
  if (stopped) return Status::Ok();
  WEIR_TRY(status);
  ++group_;
  next_key_.clear();
  return Status::Ok();
}

}  // namespace weir
