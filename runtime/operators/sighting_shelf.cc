#include "runtime/operators/sighting_shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir {
namespace {

/// From this size on what is new is a run.
constexpr uint64_t kFullTail = 4096;
/// So many runs of a size become one: of cold ones earlier, since every row asks their filters.
constexpr size_t kHotRuns = 8;
constexpr size_t kColdRuns = 4;
/// What leaves must be a part of the log that is worth making the rest anew.
constexpr uint64_t kWorthLeaving = 4;

}  // namespace

bool SightingShelf::Write(bool all_in_runs, size_t& allowance, StateWriter& out,
                          SliceBudget& budget) {
  if (!writer_) {
    if (sealed_ == covered_ || (sealed_ == written_ && !all_in_runs)) return true;
    DeleteTails(out);
    if (sealed_ - covered_ < kFullTail && !all_in_runs) {
      std::string blob(1, SightingForm::kVersion);
      blob.append(log_.Bytes(covered_, sealed_));
      tails_.push_back(fmt::format("{}", place_.start));
      out.Put(kTails, place_.group, tails_.back(), blob);
      budget.Take(blob.size());
      written_ = sealed_;
      return true;
    }
    writes_from_ = AbsorbRuns(allowance, out);
    writer_.emplace(form_, place_, TakeSequence());
  }
  if (!writer_->Write(log_.Bytes(writes_from_, sealed_), out, budget)) return false;
  hot_.push_back(writer_->Take());
  writer_.reset();
  hot_.back().end = covered_ = written_ = sealed_;
  return true;
}

void SightingShelf::DeleteTails(StateWriter& out) {
  for (const std::string& key : tails_) out.Delete(kTails, place_.group, key);
  tails_.clear();
}

/// The newest runs, where there are several of the size of what is about to be written, are written
/// with it. Returns where it all begins.
uint64_t SightingShelf::AbsorbRuns(size_t& allowance, StateWriter& out) {
  uint64_t from = covered_;
  while (true) {
    const uint64_t bytes = sealed_ - from;
    size_t first = hot_.size();
    const auto begin_of = [&](size_t run) { return run == 0 ? log_.begin() : hot_[run - 1].end; };
    while (first > 0 && hot_[first - 1].end - begin_of(first - 1) <= bytes * 2) --first;
    const uint64_t more = hot_.size() == first ? 0 : from - begin_of(first);
    if (hot_.size() - first < kHotRuns - 1 || more > allowance) return from;
    allowance -= static_cast<size_t>(more);
    from = begin_of(first);
    for (size_t run = first; run < hot_.size(); ++run) hot_[run].Delete(place_, out);
    hot_.erase(hot_.begin() + static_cast<ptrdiff_t>(first), hot_.end());
  }
}

void SightingShelf::Committed() {
  for (SightingRun& run : hot_) run.committed = true;
  if (!merged_) return;
  for (auto run = replaced_.rbegin(); run != replaced_.rend(); ++run) {
    cold_.erase(cold_.begin() + static_cast<ptrdiff_t>(*run));
  }
  merged_->committed = true;
  cold_.push_back(*std::exchange(merged_, std::nullopt));
  replaced_.clear();
  merging = false;
}

bool SightingShelf::Evict() {
  size_t runs = 0;
  while (runs < hot_.size() && hot_[runs].committed) ++runs;
  if (runs == 0) return false;
  const uint64_t end = hot_[runs - 1].end;
  if (end - log_.begin() < (log_.end() - log_.begin()) / kWorthLeaving) return false;
  log_.DropFront(end);
  const auto rest = hot_.begin() + static_cast<ptrdiff_t>(runs);
  std::move(hot_.begin(), rest, std::back_inserter(cold_));
  hot_.erase(hot_.begin(), rest);
  return true;
}

std::vector<size_t> SightingShelf::Mergeable() const {
  std::vector<size_t> runs;
  if (merging || cold_.size() < kColdRuns) return runs;
  // What is small first; the runs of a level that is merged take those below with them.
  for (int level = 0; level < 64 && runs.size() < cold_.size(); ++level) {
    runs.clear();
    for (size_t run = 0; run < cold_.size(); ++run) {
      if (cold_[run].level() <= level) runs.push_back(run);
    }
    if (runs.size() >= kColdRuns) return runs;
  }
  return {};
}

void SightingShelf::Replace(std::vector<size_t> runs, SightingRun merged, StateWriter& out) {
  for (const size_t run : runs) cold_[run].Delete(place_, out);
  merged_ = std::move(merged);
  replaced_ = std::move(runs);
}

const SightingRun* SightingShelf::Replacement(size_t run) const {
  const bool replaced = std::binary_search(replaced_.begin(), replaced_.end(), run);
  return merged_ && replaced ? &*merged_ : nullptr;
}

void SightingShelf::AddCold(SightingRun run) {
  next_sequence_ = std::max(next_sequence_, run.sequence() + 1);
  cold_.push_back(std::move(run));
}

bool SightingShelf::AddHot(SightingRun run, std::string_view sightings) {
  next_sequence_ = std::max(next_sequence_, run.sequence() + 1);
  const size_t before = log_.count();
  if (!log_.AddAll(sightings) || log_.count() - before != run.count()) return false;
  run.end = covered_ = written_ = log_.end();
  hot_.push_back(std::move(run));
  return true;
}

bool SightingShelf::AddTail(std::string_view key, std::string_view sightings) {
  tails_.emplace_back(key);
  const bool whole = log_.AddAll(sightings);
  written_ = sealed_ = log_.end();
  return whole;
}

void SightingShelf::Delete(StateWriter& out) const {
  for (const SightingRun& run : hot_) run.Delete(place_, out);
  for (size_t run = 0; run < cold_.size(); ++run) {
    if (Replacement(run) == nullptr) cold_[run].Delete(place_, out);
  }
  if (merged_) merged_->Delete(place_, out);
  for (const std::string& key : tails_) out.Delete(kTails, place_.group, key);
}

SightingShelf::Sizes SightingShelf::Measure() const {
  Sizes sizes;
  sizes.log = log_.ByteSize();
  sizes.fixed = sizeof(*this);
  for (const SightingRun& run : hot_) sizes.fixed += run.ByteSize();
  for (const SightingRun& run : cold_) sizes.fixed += run.ByteSize();
  if (merged_) sizes.fixed += merged_->ByteSize();
  sizes.unwritten = static_cast<size_t>(log_.end() - written_);
  sizes.tail = static_cast<size_t>(written_ - covered_);
  return sizes;
}

}  // namespace weir
