// The part of SightingStore that writes and lets sightings leave memory.
#include <algorithm>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/operators/sighting_store.h"

namespace weir {
namespace {

/// Bytes of runs that are written again with a barrier, at least; more where more is new.
constexpr size_t kLeastAllowance = size_t{4} << 20;

}  // namespace

void SightingStore::Seal(StateWriter* out) {
  out_ = out;
  sealed_ = std::exchange(touched_, {});
  std::erase_if(sealed_, [](const Place& place) { return place.bucket->dropped; });
  all_in_runs_ = std::exchange(runs_wanted_, false);
  if (all_in_runs_) {
    for (const auto& [start, bucket] : buckets_) {
      for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
        const SightingShelf* shelf = bucket->shelves[group].get();
        if (shelf != nullptr && shelf->has_tail() && !shelf->touched) {
          sealed_.push_back({bucket, group});
        }
      }
    }
  }
  for (const Place& place : sealed_) {
    place.shelf().touched = false;
    place.shelf().Seal();
  }
  allowance_ = std::max(kLeastAllowance, sizes_.unwritten);
  sealed_merges_ = std::exchange(merges_, {});
  sealed_dying_ = std::exchange(dying_, {});
}

bool SightingStore::WriteSealed(SliceBudget& budget) {
  if (out_ == nullptr) return true;
  if (!WriteShelves(budget) || !WriteMerges(budget) || !WriteEnds(budget)) return false;
  out_ = nullptr;
  ForgetDying();
  return true;
}

/// Of a bucket that was dropped only names are needed, once nothing of it is to be written.
void SightingStore::ForgetDying() {
  if (out_ != nullptr) return;
  for (const auto& bucket : dying_) {
    for (const auto& shelf : bucket->shelves) {
      if (shelf != nullptr) shelf->ForgetLog();
    }
  }
}

bool SightingStore::WriteShelves(SliceBudget& budget) {
  while (!sealed_.empty()) {
    if (budget.spent()) return false;
    const Place place = sealed_.back();
    bool whole = false;
    Changing(place, [&] { whole = place.shelf().Write(all_in_runs_, allowance_, *out_, budget); });
    if (!whole) return false;
    sealed_.pop_back();
    written_.push_back(place);
  }
  return true;
}

bool SightingStore::WriteMerges(SliceBudget& budget) {
  while (!sealed_merges_.empty()) {
    if (budget.spent()) return false;
    SightingMerge& merge = *sealed_merges_.back();
    const Place place{merge.bucket(), merge.group()};
    const size_t runs = merge.runs();
    // What is begun must be known to the bucket, which will end it.
    if (!place.bucket->dropped || merge.writing()) {
      bool whole = false;
      Changing(place, [&] { whole = merge.Write(*out_, budget); });
      if (!whole) return false;
      reads_.merged += static_cast<int64_t>(runs);
      written_.push_back(place);
    }
    merge_bytes_ -= merge.ByteSize();
    sealed_merges_.pop_back();
  }
  return true;
}

/// Of buckets that are gone.
bool SightingStore::WriteEnds(SliceBudget& budget) {
  while (!sealed_dying_.empty()) {
    if (budget.spent()) return false;
    if (const auto& shelf = sealed_dying_.back()->shelves[dying_group_]) {
      const size_t before = out_->bytes();
      shelf->Delete(*out_);
      budget.Take(out_->bytes() - before);
    }
    if (++dying_group_ < kNumKeyGroups) continue;
    dying_group_ = 0;
    sealed_dying_.pop_back();
  }
  return true;
}

void SightingStore::Committed(uint64_t epoch) {
  // While something is written, the word can only be of the barrier before.
  if (epoch <= committed_ || out_ != nullptr) return;
  committed_ = epoch;
  for (const Place& place : std::exchange(written_, {})) {
    if (place.bucket->dropped) continue;
    Changing(place, [&] { place.shelf().Committed(); });
    QueueMerge(place);
  }
  may_evict_ = true;
}

/// Oldest buckets first. What is only in tails can't leave before a barrier has made runs of it.
size_t SightingStore::Evict(size_t bytes) {
  if (options_.cold == nullptr) return 0;
  size_t freed = 0;
  if (may_evict_) {
    may_evict_ = false;
    for (const auto& [start, bucket] : buckets_) {
      for (uint32_t group = 0; group < kNumKeyGroups && freed < bytes; ++group) {
        if (bucket->shelves[group] != nullptr) LetLeave({bucket, group}, freed);
      }
      if (freed >= bytes) {
        may_evict_ = true;
        break;
      }
    }
  }
  if (freed < bytes && written_.empty()) runs_wanted_ = true;
  return freed;
}

void SightingStore::LetLeave(const Place& place, size_t& freed) {
  SightingShelf& shelf = place.shelf();
  if (shelf.hot().empty() || !shelf.hot().front().committed) return;
  const size_t before = shelf.log().ByteSize();
  bool left = false;
  if (options_.verify) CheckStored(place);
  Changing(place, [&] { left = shelf.Evict(); });
  if (!left) return;
  freed += before - std::min(before, shelf.log().ByteSize());
  if (!place.bucket->cold) ++cold_buckets_;
  place.bucket->cold = true;
  QueueMerge(place);
}

/// Tests: what leaves can be read back as it is.
void SightingStore::CheckStored(const Place& place) const {
  const SightingShelf& shelf = place.shelf();
  for (const SightingRun& run : shelf.hot()) {
    if (!run.committed) break;
    uint64_t found = 0;
    for (uint32_t page = 0; page < run.pages(); ++page) {
      const std::string name = run.PageKey(place.bucket->start, page);
      const auto stored = options_.cold->MultiGet(SightingRun::kPages, {{place.group, name}});
      WEIR_CHECK(stored.ok() && (*stored)[0], "page {} is not stored", name);
      auto rest = SightingRun::SightingsOf(*(*stored)[0]);
      WEIR_CHECK(rest, "page {} is damaged", name);
      for (Sighting next; form_.Take(*rest, next); ++found) {
        Micros time = 0;
        const uint64_t hash = HashBytes(next.key);
        WEIR_CHECK(shelf.log().Find(next.key, hash, time) && time == next.time,
                   "page {} has other sightings than memory", name);
        WEIR_CHECK(run.MayHave(hash) && run.PageOf(hash) == page, "page {} is not found", name);
      }
    }
    WEIR_CHECK(found == run.count(), "a run has {} sightings, expected {}", found, run.count());
  }
}

void SightingStore::QueueMerge(const Place& place) {
  if (options_.cold == nullptr) return;
  std::vector<size_t> runs = place.shelf().Mergeable();
  if (runs.empty()) return;
  place.shelf().merging = true;
  to_merge_.push_back(std::make_unique<SightingMerge>(place.bucket, place.group, std::move(runs)));
}

bool SightingStore::has_upkeep() const {
  return merge_bytes_ < kLeastAllowance && !to_merge_.empty();
}

/// Reads what shall be merged, as much as one barrier writes.
Status SightingStore::Sweep(SliceBudget& budget) {
  while (has_upkeep() && !budget.spent()) {
    SightingMerge& merge = *to_merge_.front();
    const size_t before = merge.ByteSize();
    bool whole = false;
    if (!merge.bucket()->dropped) {
      WEIR_ASSIGN(whole, merge.Read(*options_.cold, budget));
      merge_bytes_ += merge.ByteSize() - before;
      if (!whole) continue;
      merges_.push_back(std::move(to_merge_.front()));
    } else {
      merge_bytes_ -= before;
    }
    to_merge_.pop_front();
  }
  return Status::Ok();
}

StateMemory SightingStore::Memory() const {
  constexpr auto with_index = [](size_t bytes) { return bytes / 2 * 3; };
  StateMemory memory;
  memory.fixed = sizes_.fixed + buckets_.size() * sizeof(DedupeBucket);
  memory.total = memory.fixed + sizes_.log + merge_bytes_;
  if (options_.cold == nullptr) memory.fixed = memory.total;
  memory.dirty = with_index(sizes_.unwritten + (runs_wanted_ ? sizes_.tail : 0)) + merge_bytes_;
  memory.dirty = std::min(memory.dirty, sizes_.log + merge_bytes_);
  return memory;
}

}  // namespace weir
