#include "runtime/operators/sighting_run_writer.h"

#include "runtime/base/hash.h"

namespace weir {
namespace {

/// Sightings between two looks at the budget.
constexpr size_t kSightingsAtOnce = 512;
// What a slice is charged: together about 20 bytes for an id of 16, so that a slice takes less than
// half a millisecond and a checkpoint of much is not spread over many more batches than a copy is.
constexpr size_t kBytesPerChoice = 2;
constexpr size_t kPartOfMoving = 2;
constexpr size_t kPartOfWriting = 4;

}  // namespace

bool SightingRunWriter::Write(std::string_view sightings, StateWriter& out, SliceBudget& budget) {
  if (!run_ && !ChoosePages(sightings, budget)) return false;
  if (passed_ < sightings.size() && !BringTogether(sightings, budget)) return false;
  return WritePages(out, budget);
}

bool SightingRunWriter::ChoosePages(std::string_view sightings, SliceBudget& budget) {
  const uint32_t pages = SightingRun::PagesFor(sightings.size());
  ends_.resize(pages, 1);  // its version
  while (passed_ < sightings.size()) {
    if (budget.spent()) return false;
    std::string_view rest = sightings.substr(passed_);
    Sighting next;
    size_t count = 0;
    for (; count < kSightingsAtOnce && form_.Take(rest, next); ++count) {
      const uint64_t hash = HashBytes(next.key);
      hashes_.push_back(hash);
      ends_[SightingRun::PageOf(hash, pages)] += form_.SizeOf(next.key);
    }
    budget.Take(count * kBytesPerChoice);
    passed_ = sightings.size() - rest.size();
  }
  MakeRoom(sightings);
  return true;
}

void SightingRunWriter::MakeRoom(std::string_view sightings) {
  passed_ = 0;
  run_.emplace(sequence_, hashes_.size(), static_cast<uint32_t>(ends_.size()));
  // Not cleared: that alone would take long.
  bytes_.reset(new char[sightings.size() + ends_.size()]);
  size_t end = 0;
  for (size_t& page_end : ends_) {
    bytes_[end] = SightingForm::kVersion;
    places_.push_back(end + 1);
    page_end = end += page_end;
  }
}

bool SightingRunWriter::BringTogether(std::string_view sightings, SliceBudget& budget) {
  while (passed_ < sightings.size()) {
    if (budget.spent()) return false;
    std::string_view rest = sightings.substr(passed_);
    Sighting next;
    for (size_t count = 0; count < kSightingsAtOnce && form_.Take(rest, next); ++count) {
      const uint64_t hash = hashes_[next_++];
      run_->Add(hash);
      size_t& place = places_[run_->PageOf(hash)];
      form_.Write(next.key, next.time, bytes_.get() + place);
      place += form_.SizeOf(next.key);
    }
    const size_t passed = sightings.size() - rest.size();
    budget.Take((passed - passed_) / kPartOfMoving);
    passed_ = passed;
  }
  next_ = 0;
  return true;
}

bool SightingRunWriter::WritePages(StateWriter& out, SliceBudget& budget) {
  for (; next_ < ends_.size(); ++next_) {
    if (budget.spent()) return false;
    const size_t begin = next_ == 0 ? 0 : ends_[next_ - 1];
    out.Put(SightingRun::kPages, place_.group,
            run_->PageKey(place_.start, static_cast<uint32_t>(next_)),
            {bytes_.get() + begin, ends_[next_] - begin});
    budget.Take((ends_[next_] - begin) / kPartOfWriting);
  }
  run_->PutFilter(place_, out);
  return true;
}

}  // namespace weir
