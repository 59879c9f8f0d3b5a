#include "runtime/state/cold_rows.h"

#include <algorithm>
#include <utility>

#include "runtime/state/rocksdb_keys.h"

namespace weir {
namespace {

/// Due rows that are read at once.
constexpr size_t kMostRead = 512;
constexpr size_t kTimeBytes = 8;
constexpr uint64_t kSignBit = uint64_t{1} << 63;

}  // namespace

ColdRows::ColdRows(std::shared_ptr<const StateReader> reader, std::string slot, std::string prefix,
                   DueOf due_of, bool stored)
    : reader_(std::move(reader)),
      slot_(std::move(slot)),
      prefix_(std::move(prefix)),
      due_of_(std::move(due_of)) {
  if (!stored || !reader_->has_commits()) return;
  counting_ = true;
  group_ = reader_->first_key_group();
}

void ColdRows::DueKey(std::string_view prefix, Micros due, std::string_view key, std::string& out) {
  out.assign(prefix);
  // In order of time also before 1970.
  AppendBigEndian(out, static_cast<uint64_t>(due) ^ kSignBit, kTimeBytes);
  out.append(key);
}

std::optional<std::pair<Micros, std::string_view>> ColdRows::SplitDueKey(std::string_view key) {
  if (key.size() < kTimeBytes) return std::nullopt;
  return std::pair(static_cast<Micros>(ReadBigEndian64(key) ^ kSignBit), key.substr(kTimeBytes));
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

void ColdRows::Count(uint32_t group, std::string_view key, int change) {
  if (Passed(group, key)) count_ += change;  // else the sweep will count it where it finds it
}

void ColdRows::Left(uint32_t group, std::string_view key, Micros due) {
  Count(group, key, 1);
  next_due_ = std::min(next_due_, due);
}

Status ColdRows::SweepAll(SliceBudget& budget, const InMemory& in_memory, const Take& take) {
  const auto visit = [&](std::string_view key, std::string_view value) {
    // From here on the key counts as passed; nothing else can come between.
    if (in_memory(key) || take(key, value)) return Status::Ok();
    ++count_;
    next_due_ = std::min(next_due_, DueOfStored(value));
    return Status::Ok();
  };
  while (!budget.spent()) {
    if (group_ >= reader_->end_key_group()) {
      counting_ = false;
      break;
    }
    WEIR_ASSIGN(const bool passed, ScanStored(group_, next_key_, budget, visit));
    if (!passed) continue;
    ++group_;
    next_key_.clear();
  }
  return Status::Ok();
}

void ColdRows::BeginDueSweep(Micros until) {
  due_before_sweep_ = next_due_;
  looking_ = true;
  until_ = until;
  // From here on the least of those that leave meanwhile.
  next_due_ = due_after_ = kMaxTimestamp;
  group_ = reader_->first_key_group();
  next_key_ = prefix_;
}

Status ColdRows::SweepDue(SliceBudget& budget, const InMemory& in_memory, const Take& take) {
  std::vector<DueRow> found;
  while (looking_ && !budget.spent()) {
    if (group_ >= reader_->end_key_group()) {
      looking_ = false;
      next_due_ = std::min(next_due_, due_after_);
      break;
    }
    found.clear();
    WEIR_ASSIGN(const bool passed, FindDue(budget, in_memory, found));
    WEIR_TRY(TakeDue(found, budget, take));
    if (!passed) continue;
    ++group_;
    next_key_ = prefix_;
  }
  return Status::Ok();
}

Result<bool> ColdRows::FindDue(SliceBudget& budget, const InMemory& in_memory,
                               std::vector<DueRow>& found) {
  bool stopped = false, passed = false;
  const auto visit = [&](std::string_view key, std::string_view) -> Status {
    const auto entry =
        key.starts_with(prefix_) ? SplitDueKey(key.substr(prefix_.size())) : std::nullopt;
    if (!entry) {
      passed = true;
      return CancelledError("behind the rows of the table");
    }
    const auto& [due, row] = *entry;
    if (due > until_) {
      due_after_ = std::min(due_after_, due);
      passed = true;
      return CancelledError("not due");
    }
    if (budget.spent() || found.size() == kMostRead) {
      stopped = true;
      next_key_ = key;
      return CancelledError("the rest waits for the next slice");
    }
    budget.Take(key.size());
    if (!in_memory(row)) found.push_back({due, std::string(row)});
    return Status::Ok();
  };
  const Status status = reader_->ForEachFrom(DueSlot(slot_), group_, next_key_, visit);
  if (!stopped && !passed) WEIR_TRY(status);
  return !stopped;
}

Status ColdRows::TakeDue(std::vector<DueRow>& found, SliceBudget& budget, const Take& take) {
  if (found.empty()) return Status::Ok();
  std::sort(found.begin(), found.end(),
            [](const DueRow& a, const DueRow& b) { return a.key < b.key; });
  std::vector<StateKey> keys;
  keys.reserve(found.size());
  for (const DueRow& row : found) keys.push_back({group_, row.key});
  WEIR_ASSIGN(const auto values, Read(keys));
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i] || due_of_(*values[i]) != found[i].due) {
      return DataLossError("slot {}: a row is due at {}, but {}", slot_, found[i].due,
                           values[i] ? fmt::format("says {}", due_of_(*values[i])) : "is gone");
    }
    budget.Take(values[i]->size());
    take(found[i].key, *values[i]);
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
