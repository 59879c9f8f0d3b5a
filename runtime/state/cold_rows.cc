#include "runtime/state/cold_rows.h"

#include <utility>

namespace weir {

ColdRows::ColdRows(std::shared_ptr<const StateReader> reader, std::string slot, std::string prefix,
                   DueOf due_of, bool stored)
    : reader_(std::move(reader)),
      slot_(std::move(slot)),
      prefix_(std::move(prefix)),
      due_of_(std::move(due_of)) {
  if (stored && reader_->has_commits()) BeginSweep();
}

Result<std::vector<std::optional<std::string>>> ColdRows::Read(
    const std::vector<StateKey>& keys) const {
  if (prefix_.empty()) return reader_->MultiGet(slot_, keys);
  std::vector<std::string> full(keys.size(), prefix_);
  std::vector<StateKey> wanted;
  wanted.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    full[i].append(keys[i].key);
    wanted.push_back({keys[i].key_group, full[i]});
  }
  return reader_->MultiGet(slot_, wanted);
}

void ColdRows::Count(uint32_t group, std::string_view key, Micros due, int change) {
  if (!Passed(group, key)) return;  // the sweep will count it where it finds it
  count_ += change;
  if (due == kMaxTimestamp) return;
  const auto at = due_.try_emplace(due, 0).first;
  at->second += change;
  if (at->second == 0) due_.erase(at);
}

void ColdRows::BeginSweep() {
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
    WEIR_ASSIGN(const bool passed, ScanStored(group_, next_key_, budget,
                                              [&](std::string_view key, std::string_view value) {
                                                // From here on the key counts as passed; nothing
                                                // else can come between.
                                                if (in_memory(key) || take(key, value))
                                                  return Status::Ok();
                                                ++count_;
                                                const Micros due = due_of_(value);
                                                if (due != kMaxTimestamp) ++due_[due];
                                                return Status::Ok();
                                              }));
    if (!passed) continue;
    ++group_;
    next_key_.clear();
  }
  return Status::Ok();
}

Result<bool> ColdRows::Scan(uint32_t group, std::string& next, SliceBudget& budget,
                            const InMemory& in_memory, const Visit& visit) const {
  return ScanStored(group, next, budget, [&](std::string_view key, std::string_view value) {
    return in_memory(key) ? Status::Ok() : visit(key, value);
  });
}

/// Stored rows of the group from `next` on, cold or not; false when the budget ends before them.
Result<bool> ColdRows::ScanStored(uint32_t group, std::string& next, SliceBudget& budget,
                                  const Visit& visit) const {
  bool stopped = false, ended = false;
  const Status status = reader_->ForEachFrom(
      slot_, group, prefix_ + next, [&](std::string_view key, std::string_view value) -> Status {
        if (!key.starts_with(prefix_)) {
          ended = true;
          return CancelledError("behind the rows of the table");
        }
        key.remove_prefix(prefix_.size());
        if (budget.spent()) {
          stopped = true;
          next = key;
          return CancelledError("the rest waits for the next slice");
        }
        budget.Take(key.size() + value.size());
        return visit(key, value);
      });
  if (!stopped && !ended) WEIR_TRY(status);
  return !stopped;
}

}  // namespace weir
