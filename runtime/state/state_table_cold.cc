// The part of StateTable that lets rows leave memory and brings them back.
#include <algorithm>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/state/state_table.h"

namespace weir {
namespace {

constexpr size_t kMostDrained = 4 * 1024;

}  // namespace

void StateTable::MayLeave(Cold cold) {
  WEIR_CHECK(current_ != 0 && size_ == 0, "slot {}: rows may leave that nobody wrote",
             stored_.slot);
  hooks_ = std::move(cold);
  if (hooks_.due != nullptr) {
    due_slot_ = ColdRows::DueSlot(stored_.slot);
    due_offset_ = value_size_;
    value_size_ += 16;
  }
  cold_ = std::make_unique<ColdRows>(hooks_.reader, stored_.slot, stored_.key_prefix,
                                     hooks_.due_of_stored, hooks_.stored);
}

Status StateTable::LoadMissing(const KeyEncoder& keys, const RowSet& rows) {
  std::vector<KeyRef> asked;
  asked.reserve(rows.count());
  rows.ForEach([&](RowIndex row) { asked.push_back({keys.key(row), keys.hash(row)}); });
  return Load(asked);
}

Status StateTable::Load(const std::vector<KeyRef>& keys) {
  struct Missing {
    StateKey key;
    uint64_t hash;
  };
  if (!has_cold()) return Status::Ok();
  std::vector<Missing> missing;
  for (const auto& [key, hash] : keys) {
    if (HeaderAt(key, hash) == nullptr) missing.push_back({{KeyGroupOf(hash), key}, hash});
  }
  if (missing.empty()) return Status::Ok();
  std::sort(missing.begin(), missing.end(), [](const Missing& a, const Missing& b) {
    return a.key.key_group != b.key.key_group ? a.key.key_group < b.key.key_group
                                              : a.key.key < b.key.key;
  });
  const auto same = [](const Missing& a, const Missing& b) { return a.key.key == b.key.key; };
  missing.erase(std::unique(missing.begin(), missing.end(), same), missing.end());
  std::vector<StateKey> wanted;
  wanted.reserve(missing.size());
  for (const Missing& one : missing) wanted.push_back(one.key);
  WEIR_ASSIGN(const auto values, cold_->Read(wanted));
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    WEIR_TRY(TakeIn(missing[i].key.key, missing[i].hash, *values[i], /*counted=*/true));
  }
  return Status::Ok();
}

Status StateTable::TakeIn(std::string_view key, uint64_t hash, std::string_view value,
                          bool counted) {
  uint8_t* row = AddCommitted(key, hash);
  WEIR_TRY(hooks_.deserialize(value, row));
  HeaderOf(row)->era = static_cast<uint8_t>(era_ - 1);
  if (due_offset_ != 0) SetStoredDue(row, cold_->DueOfStored(value));
  stored_bytes_ = std::max(stored_bytes_, value.size());
  if (counted) cold_->CameBack(KeyGroupOf(hash), key);
  if (hooks_.came_back) hooks_.came_back(row);
  return Status::Ok();
}

bool StateTable::CanLeave(const Header* header) const {
  if (header->erased != 0 || header->generation != 0 || header->committed == 0) return false;
  if (header->era == era_) return false;  // its commit has not returned
  if (header->listed != 0) return false;  // was erased and came back; the list still has it
  const uint8_t* row = ValueOf(const_cast<Header*>(header));
  if (hooks_.may_leave != nullptr && !hooks_.may_leave(row)) return false;
  return due_offset_ == 0 || DueOf(row) != kMinTimestamp;
}

size_t StateTable::Evict(size_t bytes, size_t& looks) {
  constexpr size_t kAhead = 8;
  if (cold_ == nullptr) return 0;
  size_t freed = 0;
  for (; freed < bytes && looks > 0 && size_ > 0; --looks) {
    Part& part = parts_[hand_part_];
    if (hand_slot_ >= part.slots.size()) {
      ShrinkSparse(part);
      hand_slot_ = 0;
      hand_part_ = (hand_part_ + 1) % kParts;
      continue;
    }
    if (hand_slot_ + kAhead < part.slots.size()) {
      __builtin_prefetch(part.slots[hand_slot_ + kAhead].header);
    }
    Header* header = part.slots[hand_slot_].header;
    if (header == nullptr || !CanLeave(header) || header->referenced != 0) {
      if (header != nullptr) header->referenced = 0;
      ++hand_slot_;
      continue;
    }
    freed += BlockBytes(header) + HeapBytes();
    Leave(header);
    RemoveSlot(part, hand_slot_);  // another row may stand there now
    FreeBlock(header);
  }
  ShrinkSparse(parts_[hand_part_]);
  return freed;
}

Result<bool> StateTable::ScanCold(uint32_t group, std::string& next, SliceBudget& budget,
                                  const ColdRows::Visit& visit) const {
  if (!has_cold()) return true;
  return cold_->Scan(
      group, next, budget,
      [this](std::string_view key) { return HeaderAt(key, HashBytes(key)) != nullptr; }, visit);
}

void StateTable::Leave(Header* header) {
  if (stored_.verify) CheckStored(header);
  uint8_t* row = ValueOf(header);
  cold_->Left(KeyGroupOf(header->hash), KeyOf(row), DueOf(row));
  if (hooks_.leaves) hooks_.leaves(row);
  if (destroy_ != nullptr) destroy_(row);
  --size_;
}

void StateTable::CheckStored(const Header* header) {
  const uint8_t* row = ValueOf(const_cast<Header*>(header));
  const auto stored = cold_->Read({{KeyGroupOf(header->hash), KeyOf(row)}});
  std::string now;
  stored_.serialize(row, now);
  WEIR_CHECK(stored.ok() && (*stored)[0] == now,
             "slot {}: a clean row is not what the last commit has", stored_.slot);
  if (due_offset_ == 0) return;
  const Micros due = cold_->DueOfStored(now);
  bool listed = due == kMaxTimestamp;
  if (!listed) {
    std::string key;
    ColdRows::DueKey(stored_.key_prefix, due, KeyOf(row), key);
    const auto entry = cold_->reader().MultiGet(due_slot_, {{KeyGroupOf(header->hash), key}});
    listed = entry.ok() && (*entry)[0].has_value();
  }
  WEIR_CHECK(listed && StoredDue(row) == due,
             "slot {}: the last commit does not say when a clean row is due", stored_.slot);
}

/// A row moves to another time, or nowhere: entries of `due_slot_` are those of the stored rows.
/// Rows that are due at once have none: they never leave, and a start counts all rows anyway.
void StateTable::WriteDue(uint8_t* row, uint32_t group, Micros due, SliceBudget& budget) {
  if (due == kMinTimestamp) due = kMaxTimestamp;
  const Micros before = StoredDue(row);
  if (due == before) return;
  if (before != kMaxTimestamp) {
    ColdRows::DueKey(stored_.key_prefix, before, KeyOf(row), due_key_);
    out_->Delete(due_slot_, group, due_key_);
    budget.Take(due_key_.size());
  }
  if (due != kMaxTimestamp) {
    ColdRows::DueKey(stored_.key_prefix, due, KeyOf(row), due_key_);
    out_->Put(due_slot_, group, due_key_, "");
    budget.Take(due_key_.size());
  }
  SetStoredDue(row, due);
}

void StateTable::Committed(uint64_t epoch) {
  if (cold_ == nullptr || epoch <= committed_) return;
  committed_ = epoch;
  ++era_;
  draining_.insert(draining_.end(), tombstones_.begin(), tombstones_.end());
  tombstones_.clear();
}

/// In slices: a commit may have ended millions of rows.
void StateTable::DrainTombstones() {
  for (size_t i = 0; i < kMostDrained && !draining_.empty(); ++i) {
    Header* header = draining_.back();
    draining_.pop_back();
    if (header->erased == 0 || header->generation != 0) {
      header->listed = 0;  // has come back, or was erased again: listed when that is written
    } else if (header->era == era_) {
      tombstones_.push_back(header);
    } else {
      RemoveFromIndex(header);
      FreeBlock(header);
    }
  }
}

void StateTable::BringBack(Micros until) {
  if (cold_ == nullptr) return;
  sweep_until_ = std::max(sweep_until_, until);
  if (!cold_->sweeping() && cold_->next_due() <= sweep_until_) cold_->BeginDueSweep(sweep_until_);
}

Status StateTable::Sweep(SliceBudget& budget, bool take_all) {
  if (cold_ == nullptr) return Status::Ok();
  DrainTombstones();
  if (!cold_->sweeping()) return Status::Ok();
  const bool counting = cold_->counting();
  Status taken;
  WEIR_TRY(cold_->Sweep(
      budget, [this](std::string_view key) { return HeaderAt(key, HashBytes(key)) != nullptr; },
      [&](std::string_view key, std::string_view value) {
        if (!taken.ok()) return false;
        const bool due = !counting || cold_->DueOfStored(value) <= sweep_until_;
        const bool wanted = due && (hooks_.may_stay == nullptr || !hooks_.may_stay(value));
        if (!wanted && !(counting && take_all)) return false;
        taken = TakeIn(key, HashBytes(key), value, /*counted=*/!counting);
        return true;
      }));
  WEIR_TRY(taken);
  BringBack(sweep_until_);
  return Status::Ok();
}

}  // namespace weir
