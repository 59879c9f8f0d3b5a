// The part of SightingStore that begins with what a commit has.
#include <algorithm>
#include <utility>

#include "runtime/operators/sighting_store.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

Status DamagedSightings(std::string_view key) {
  return DataLossError("stored sightings {} are damaged", key);
}

}  // namespace

Status SightingStore::Restore(const StateReader& in) {
  WEIR_TRY(RestoreRuns(in));
  WEIR_TRY(RestoreTails(in));
  may_evict_ = true;
  return Status::Ok();
}

SightingStore::Place SightingStore::PlaceAt(Micros start, uint32_t group) {
  ShelfAt(BucketAt(start), group);
  return {buckets_.at(start), group};
}

/// Where pages can be read later, numbers and filters are all that is loaded.
Status SightingStore::RestoreRuns(const StateReader& in) {
  Runs runs;
  WEIR_TRY(in.ForEach(SightingRun::kFilters,
                      [&](uint32_t group, std::string_view key, std::string_view value) -> Status {
                        const auto name = SightingRun::ParseName(key);
                        if (!name) return DamagedSightings(key);
                        auto run = SightingRun::Read(name->sequence, value);
                        if (!run) return DamagedSightings(key);
                        const Place place = PlaceAt(name->start, group);
                        place.bucket->count += static_cast<int64_t>(run->count());
                        count_ += static_cast<int64_t>(run->count());
                        if (options_.cold == nullptr) {
                          runs.emplace(std::pair(group, *name), *std::move(run));
                          return Status::Ok();
                        }
                        Changing(place, [&] { place.shelf().AddCold(*std::move(run)); });
                        if (!std::exchange(place.bucket->cold, true)) ++cold_buckets_;
                        return Status::Ok();
                      }));
  if (options_.cold == nullptr) return RestorePages(in, std::move(runs));
  for (const auto& [start, bucket] : buckets_) {
    for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
      if (bucket->shelves[group] != nullptr) QueueMerge({bucket, group});
    }
  }
  return Status::Ok();
}

Status SightingStore::RestorePages(const StateReader& in, Runs runs) {
  if (runs.empty()) return Status::Ok();
  std::pair<uint32_t, SightingRun::Name> at;
  std::string sightings;  // of the run at `at`, whose pages come one after the other
  const auto take = [&]() -> Status {
    if (sightings.empty()) return Status::Ok();
    const auto run = runs.find(at);
    const Place place = PlaceAt(at.second.start, at.first);
    bool whole = run != runs.end();
    Changing(place,
             [&] { whole = whole && place.shelf().AddHot(std::move(run->second), sightings); });
    if (!whole) return DamagedSightings(fmt::format("{}", at.second.start));
    runs.erase(run);
    sightings.clear();
    return Status::Ok();
  };
  WEIR_TRY(in.ForEach(SightingRun::kPages,
                      [&](uint32_t group, std::string_view key, std::string_view value) -> Status {
                        const auto name = SightingRun::ParseName(key);
                        const auto page = SightingRun::SightingsOf(value);
                        if (!name || !page) return DamagedSightings(key);
                        if (at != std::pair(group, *name)) WEIR_TRY(take());
                        at = {group, *name};
                        sightings.append(*page);
                        return Status::Ok();
                      }));
  WEIR_TRY(take());
  if (runs.empty()) return Status::Ok();
  return DataLossError("stored pages of the sightings from {} on are missing",
                       runs.begin()->first.second.start);
}

/// Also blobs of earlier versions: `start/worker/number`, several of a bucket and key group.
Status SightingStore::RestoreTails(const StateReader& in) {
  return in.ForEach(SightingShelf::kTails,
                    [&](uint32_t group, std::string_view key, std::string_view value) -> Status {
                      const auto start = ParseInt64(key.substr(0, key.find('/')));
                      const auto sightings = SightingRun::SightingsOf(value);
                      if (!start || !sightings) return DamagedSightings(key);
                      const Place place = PlaceAt(*start, group);
                      SightingShelf& shelf = place.shelf();
                      const size_t before = shelf.log().count();
                      bool whole = false;
                      Changing(place, [&] { whole = shelf.AddTail(key, *sightings); });
                      const auto added = static_cast<int64_t>(shelf.log().count() - before);
                      place.bucket->count += added;
                      count_ += added;
                      return whole ? Status::Ok() : DamagedSightings(key);
                    });
}

}  // namespace weir
