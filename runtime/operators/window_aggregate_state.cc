// WindowAggregateOperator: its panes in memory, on disk and in between.
#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "runtime/operators/window_aggregate_operator.h"

namespace weir {
namespace {

constexpr char kGroupVersion = 1;
constexpr size_t kGroupHead = 2;  ///< version, flags
constexpr char kPaneGroupsSlot[] = "groups";

std::string PrefixOf(const PaneAssigner::PaneKey& pane) {
  std::string prefix(sizeof(pane), '\0');
  std::memcpy(prefix.data(), &pane.first, sizeof(Micros));
  std::memcpy(prefix.data() + sizeof(Micros), &pane.second, sizeof(Micros));
  return prefix;
}

}  // namespace

WindowAggregateOperator::Pane& WindowAggregateOperator::PaneAt(const PaneKey& key, bool stored) {
  std::unique_ptr<Pane>& pane = panes_[key];
  if (pane == nullptr) {
    pane = std::make_unique<Pane>(accumulators_->block_size(),
                                  [this](uint8_t* block) { accumulators_->Destroy(block); });
    Store(
        pane->groups, kPaneGroupsSlot,
        [this](const uint8_t* block, std::string& out) { Serialize(block, out); }, PrefixOf(key));
    MayLeave(pane->groups, ColdGroups(*pane, stored));
    // Told of it again, it would take its first rows for those of this commit.
    pane->groups.Committed(committed_);
  }
  return *pane;
}

StateTable::Cold WindowAggregateOperator::ColdGroups(Pane& pane, bool stored) {
  StateTable::Cold cold;
  cold.stored = stored;
  cold.deserialize = [this](std::string_view value, uint8_t* block) {
    return Deserialize(value, block);
  };
  if (!emits_early()) return cold;
  const auto due_if = [](bool changed) { return changed ? kMinTimestamp : kMaxTimestamp; };
  cold.due = [due_if](const uint8_t* block) { return due_if(HeaderOf(block).changed != 0); };
  cold.due_of_stored = [due_if](std::string_view value) {
    return due_if(value.size() < kGroupHead || value[1] != 0);  // damaged: found when it is read
  };
  cold.may_leave = [](const uint8_t* block) { return HeaderOf(block).changed == 0; };
  cold.came_back = [this, &pane](uint8_t* block) { Take(pane, block); };
  return cold;
}

void WindowAggregateOperator::Take(Pane& pane, uint8_t* block) {
  if (HeaderOf(block).changed == 0 || !emits_early()) return;
  pane.changed.push_back(block);
  if (next_emit_ == kMaxTimestamp) ScheduleEmit();
}

bool WindowAggregateOperator::misses_changes() const {
  return std::any_of(panes_.begin(), panes_.end(),
                     [](const auto& pane) { return pane.second->groups.sweeping(); });
}

// Entries: slot "groups", key = pane start, first end, encoded key; version, flags, accumulators.
void WindowAggregateOperator::Serialize(const uint8_t* block, std::string& out) const {
  out.push_back(kGroupVersion);
  out.push_back(static_cast<char>(HeaderOf(block).changed));
  accumulators_->Serialize(block, out);
}

Status WindowAggregateOperator::Deserialize(std::string_view value, uint8_t* block) const {
  accumulators_->Init(block);
  if (value.size() < kGroupHead || value[0] != kGroupVersion) {
    return DataLossError("{}: a stored group is damaged", aggregate_.name);
  }
  HeaderOf(block).changed = static_cast<uint8_t>(value[1]);
  value.remove_prefix(kGroupHead);
  return accumulators_->Deserialize(value, block);
}

Result<WindowAggregateOperator::PaneKey> WindowAggregateOperator::StoredPaneOf(
    std::string_view key) const {
  if (key.size() < sizeof(PaneKey)) {
    return DataLossError("{}: a stored group is damaged", aggregate_.name);
  }
  PaneKey pane;
  std::memcpy(&pane.first, key.data(), sizeof(Micros));
  std::memcpy(&pane.second, key.data() + sizeof(Micros), sizeof(Micros));
  return pane;
}

Status WindowAggregateOperator::Snapshot(StateWriter& out) {
  out.Append(std::exchange(dropped_, SlotChanges(kPaneGroupsSlot)));
  std::vector<PaneKey> keys;
  for (auto& [key, pane] : panes_) {
    pane->groups.Seal(&out);
    keys.push_back(key);
  }
  stored_panes_.Put(context_, keys, out);
  times_.Put(context_, {watermark_, fired_until_, next_emit_}, out);
  return Status::Ok();
}

bool WindowAggregateOperator::WriteSealed(SliceBudget& budget) {
  for (const auto& pane : gone_) {
    if (!pane->groups.WriteSealed(budget)) return false;
  }
  if (context_.cold_state == nullptr) gone_.clear();
  return std::all_of(panes_.begin(), panes_.end(),
                     [&](auto& pane) { return pane.second->groups.WriteSealed(budget); });
}

/// Its sealed rows belong to the checkpoint under way all the same.
void WindowAggregateOperator::DropPane(std::unique_ptr<Pane> pane) {
  if (!context_.keeps_state) return;
  pane->groups.Drop(dropped_);
  if (context_.cold_state != nullptr || pane->groups.sealed()) gone_.push_back(std::move(pane));
}

StateMemory WindowAggregateOperator::Memory() {
  StateMemory sum;
  for (auto& [key, pane] : panes_) sum.Add(pane->groups.Memory());
  for (auto& pane : gone_) sum.Add(pane->groups.Memory());
  return sum;
}

void WindowAggregateOperator::Committed(uint64_t epoch) {
  committed_ = std::max(committed_, epoch);
  for (auto& [key, pane] : panes_) pane->groups.Committed(epoch);
}

/// The oldest first: few rows come to them, and when they fire they are read in one scan.
size_t WindowAggregateOperator::Evict(size_t bytes) {
  size_t freed = 0, looks = StateTable::kMostLooked;
  auto pane = panes_.lower_bound(evict_from_);
  for (; pane != panes_.end() && freed < bytes && looks > 0; ++pane) {
    freed += pane->second->groups.Evict(bytes - freed, looks);
  }
  // Past many rows that can't leave yet.
  evict_from_ = freed == 0 && pane != panes_.end() ? pane->first : kFirstPane;
  return freed;
}

bool WindowAggregateOperator::has_upkeep() {
  return std::any_of(gone_.begin(), gone_.end(),
                     [](const auto& pane) { return !pane->groups.sealed(); }) ||
         std::any_of(panes_.begin(), panes_.end(),
                     [](const auto& pane) { return pane.second->groups.has_upkeep(); });
}

Status WindowAggregateOperator::Sweep(SliceBudget& budget, bool take_all) {
  std::erase_if(gone_, [&](const auto& pane) {
    return !pane->groups.sealed() && !budget.spent() && pane->groups.Free(budget);
  });
  for (auto& [key, pane] : panes_) {
    if (budget.spent()) break;
    if (pane->groups.has_upkeep()) WEIR_TRY(pane->groups.Sweep(budget, take_all));
  }
  return Status::Ok();
}

Status WindowAggregateOperator::Restore(const StateReader& in) {
  WEIR_TRY(times_.Read(in, aggregate_.name, {&watermark_, &fired_until_, &next_emit_}));
  return context_.cold_state == nullptr ? RestoreRows(in) : RestorePanes(in);
}

Status WindowAggregateOperator::RestoreRows(const StateReader& in) {
  std::set<PaneKey> ignored;  // rows say it
  WEIR_TRY(stored_panes_.Read(in, aggregate_.name, ignored).status());
  return in.ForEach(kPaneGroupsSlot,
                    [this](uint32_t, std::string_view key, std::string_view value) -> Status {
                      WEIR_ASSIGN(const PaneKey pane_key, StoredPaneOf(key));
                      key.remove_prefix(sizeof(PaneKey));
                      Pane& pane = PaneAt(pane_key);
                      uint8_t* block = pane.groups.AddCommitted(key, HashBytes(key));
                      WEIR_TRY(Deserialize(value, block));
                      Take(pane, block);
                      return Status::Ok();
                    });
}

/// Their rows come when they are asked for, and by sweeps.
Status WindowAggregateOperator::RestorePanes(const StateReader& in) {
  std::set<PaneKey> panes;
  WEIR_ASSIGN(const bool known, stored_panes_.Read(in, aggregate_.name, panes));
  if (!known) {
    WEIR_TRY(in.ForEach(kPaneGroupsSlot,
                        [&](uint32_t, std::string_view key, std::string_view) -> Status {
                          WEIR_ASSIGN(const PaneKey pane, StoredPaneOf(key));
                          panes.insert(pane);
                          return Status::Ok();
                        }));
  }
  for (const PaneKey& pane : panes) PaneAt(pane, /*stored=*/true);
  return Status::Ok();
}

}  // namespace weir
