#include "runtime/operators/window_firing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/hash.h"

namespace weir {

WindowFiring::WindowFiring(Micros end, std::vector<const StateTable*> panes,
                           const Accumulators& accumulators, const StateReader* stored,
                           Deserialize deserialize)
    : end_(end),
      panes_(std::move(panes)),
      accumulators_(accumulators),
      deserialize_(std::move(deserialize)) {
  const bool any_cold = std::any_of(panes_.begin(), panes_.end(),
                                    [](const StateTable* pane) { return pane->has_cold(); });
  if (!any_cold) {
    TakeAll();
    return;
  }
  key_group_ = stored->first_key_group();
  end_group_ = stored->end_key_group();
  scratch_.reset(new uint8_t[accumulators_.block_size()]());
  SortHot();
}

void WindowFiring::BeginMerged() {
  merged_ = std::make_unique<StateTable>(accumulators_.block_size(),
                                         [this](uint8_t* block) { accumulators_.Destroy(block); });
}

void WindowFiring::ListMerged() {
  merged_->ForEach([this](uint8_t* block) { groups.push_back({StateTable::KeyOf(block), block}); });
}

void WindowFiring::Merge(const uint8_t* block) {
  bool created = false;
  uint8_t* target =
      merged_->FindOrCreate(StateTable::KeyOf(block), StateTable::HashOf(block), created);
  if (created) accumulators_.Init(target);
  accumulators_.Merge(target, block);
}

void WindowFiring::TakeAll() {
  if (panes_.size() == 1) {
    panes_[0]->ForEach([this](uint8_t* block) {
      groups.push_back({StateTable::KeyOf(block), block});
    });
  } else {
    BeginMerged();
    for (const StateTable* pane : panes_) {
      pane->ForEach([this](uint8_t* block) { Merge(block); });
    }
    ListMerged();
  }
  AggregateRows::Sort(groups);
}

/// What is in memory, pane by pane in the order of the key groups.
void WindowFiring::SortHot() {
  next_hot_.assign(panes_.size(), 0);
  for (const StateTable* pane : panes_) {
    std::array<size_t, kNumKeyGroups + 1> begins{};
    pane->ForEach([&](uint8_t* block) { ++begins[StateTable::KeyGroup(block) + 1]; });
    for (size_t group = 0; group < kNumKeyGroups; ++group) begins[group + 1] += begins[group];
    std::vector<uint8_t*>& blocks = hot_.emplace_back(begins[kNumKeyGroups]);
    pane->ForEach([&](uint8_t* block) { blocks[begins[StateTable::KeyGroup(block)]++] = block; });
  }
}

void WindowFiring::TakeHot(size_t pane) {
  const std::vector<uint8_t*>& blocks = hot_[pane];
  size_t& at = next_hot_[pane];
  for (; at < blocks.size() && StateTable::KeyGroup(blocks[at]) == key_group_; ++at) {
    if (panes_.size() == 1) {
      reading_.push_back({StateTable::KeyOf(blocks[at]), blocks[at]});
    } else {
      Merge(blocks[at]);
    }
  }
}

Status WindowFiring::TakeCold(std::string_view key, std::string_view value) {
  bool created = false;
  uint8_t* target = merged_->FindOrCreate(key, HashBytes(key), created);
  if (created) return deserialize_(value, target);
  const Status status = deserialize_(value, scratch_.get());
  if (status.ok()) accumulators_.Merge(target, scratch_.get());
  accumulators_.Destroy(scratch_.get());
  std::fill_n(scratch_.get(), accumulators_.block_size(), uint8_t{0});
  return status;
}

Status WindowFiring::Read(SliceBudget& budget) {
  groups.clear();
  next = 0;
  while (key_group_ < end_group_ && !budget.spent()) {
    if (pane_ == 0 && !hot_taken_) BeginMerged();
    // In the order of time, hot and cold alike: sums of floats depend on it.
    for (; pane_ < panes_.size(); ++pane_) {
      if (!std::exchange(hot_taken_, true)) TakeHot(pane_);
      WEIR_ASSIGN(const bool passed,
                  panes_[pane_]->ScanCold(key_group_, from_, budget,
                                          [this](std::string_view key, std::string_view value) {
                                            return TakeCold(key, value);
                                          }));
      if (!passed) return Status::Ok();
      from_.clear();
      hot_taken_ = false;
    }
    pane_ = 0;
    ++key_group_;
    groups.swap(reading_);
    ListMerged();
    if (groups.empty()) continue;
    AggregateRows::Sort(groups);
    return Status::Ok();
  }
  for (size_t pane = 0; pane < hot_.size() && key_group_ >= end_group_; ++pane) {
    WEIR_CHECK(next_hot_[pane] == hot_[pane].size(), "groups of key groups that are another's");
  }
  return Status::Ok();
}

}  // namespace weir
