#include "runtime/operators/sighting_merge.h"

#include <algorithm>

namespace weir {
namespace {

constexpr uint32_t kPagesOfRead = 8;

}  // namespace

Result<bool> SightingMerge::Read(const StateReader& reader, SliceBudget& budget) {
  while (run_ < runs_.size()) {
    if (budget.spent()) return false;
    const SightingRun& run = shelf().cold()[runs_[run_]];
    std::vector<std::string> names;
    for (; names.size() < kPagesOfRead && page_ < run.pages(); ++page_) {
      names.push_back(run.PageKey(bucket_->start, page_));
    }
    std::vector<StateKey> keys;
    for (const std::string& name : names) keys.push_back({group_, name});
    WEIR_ASSIGN(const auto pages, reader.MultiGet(SightingRun::kPages, keys));
    for (size_t i = 0; i < pages.size(); ++i) {
      const auto found = pages[i] ? SightingRun::SightingsOf(*pages[i]) : std::nullopt;
      if (!found) return DataLossError("the stored page {} is missing or damaged", names[i]);
      sightings_.append(*found);
      budget.Take(found->size());
    }
    if (page_ < run.pages()) continue;
    page_ = 0;
    ++run_;
  }
  return true;
}

bool SightingMerge::Write(StateWriter& out, SliceBudget& budget) {
  if (!writer_) writer_.emplace(shelf().form(), shelf().place(), shelf().TakeSequence());
  if (!writer_->Write(sightings_, out, budget)) return false;
  shelf().Replace(std::move(runs_), writer_->Take(), out);
  return true;
}

}  // namespace weir
