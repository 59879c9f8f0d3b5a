#pragma once

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/operators/dedupe_bucket.h"
#include "runtime/operators/sighting_merge.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_access.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/column.h"
#include "runtime/vector/key_encoder.h"
#include "runtime/vector/row_set.h"

namespace weir {

/// The first sightings of a dedupe stage, in buckets of event time a quarter of `within` wide (only
/// storage) that are dropped whole. What is committed may leave memory but for its filters; rows
/// ask all filters that concern them, and only what these let through costs a read, all of a batch
/// together. After a restart filters are loaded, and the little that is in no run yet. Calls as
/// those of Operator. One thread.
class SightingStore {
 public:
  struct Options {
    Micros within = 0;
    bool keys_of_16_bytes = false;
    bool keeps = true;    ///< there are barriers
    bool verify = false;  ///< tests: what leaves is compared with what is stored
    std::shared_ptr<const StateReader> cold;  ///< null: nothing leaves memory
  };
  /// What the disk was asked for.
  struct Reads {
    int64_t pages = 0;      ///< for rows
    int64_t found = 0;      ///< keys that were in their page
    int64_t not_found = 0;  ///< keys that were not: a filter had erred
    int64_t merged = 0;     ///< runs that became one with others
  };

  explicit SightingStore(Options options);

  /// `seen[row]` = 1 for rows whose key has a sighting less than `within` away that is on disk
  /// only; others are left alone. Before SeenBefore of these rows.
  Status LookUpCold(const KeyEncoder& keys, const RowSet& rows, const ColumnView<Micros>& times,
                    std::vector<uint8_t>& seen);
  bool any_cold() const { return cold_buckets_ > 0; }
  /// Brings the places where a key would be into the cache. Inlined: g++ 12 takes calls of a
  /// function that does nothing else for calls without an effect, and leaves them out.
  [[gnu::always_inline]] void Prefetch(uint64_t hash) const {
    for (const auto& [start, bucket] : buckets_) {
      if (const SightingShelf* shelf = bucket->shelf(hash)) shelf->log().Prefetch(hash);
    }
  }
  /// True when memory has a sighting of the key less than `within` away; remembers it otherwise.
  bool SeenBefore(std::string_view key, uint64_t hash, Micros time);
  /// Buckets that end at or before `oldest` go.
  void Expire(Micros oldest);
  int64_t count() const { return count_; }
  const Reads& reads() const { return reads_; }

  void Seal(StateWriter* out);
  bool WriteSealed(SliceBudget& budget);
  void Committed(uint64_t epoch);
  size_t Evict(size_t bytes);
  bool has_upkeep() const;
  Status Sweep(SliceBudget& budget);
  StateMemory Memory() const;
  Status Restore(const StateReader& in);

 private:
  /// A shelf somewhere; its bucket stays as long as it is in a list.
  struct Place {
    std::shared_ptr<DedupeBucket> bucket;
    uint32_t group = 0;
    SightingShelf& shelf() const { return *bucket->shelves[group]; }
  };
  /// A page that a filter asks for, and for whom.
  struct Asked {
    uint32_t group;
    RowIndex row;
    const DedupeBucket* bucket;
    size_t run;  ///< of the shelf's cold()
    uint32_t page;
  };

  Micros StartOf(Micros time) const;
  bool Concerns(Micros start, Micros time) const {
    return start < time + options_.within && start + width_ > time - options_.within;
  }
  DedupeBucket& BucketAt(Micros start);
  SightingShelf& ShelfAt(DedupeBucket& bucket, uint32_t group);
  void Count(const SightingShelf::Sizes& sizes, bool there);
  template <typename Change>
  void Changing(const Place& place, Change&& change) {
    // A bucket that was dropped counts no more.
    if (!place.bucket->dropped) Count(place.shelf().Measure(), false);
    change();
    if (!place.bucket->dropped) Count(place.shelf().Measure(), true);
  }

  void AskFilters(const KeyEncoder& keys, const RowSet& rows, const ColumnView<Micros>& times);
  Status ReadPages(size_t begin, size_t end, const KeyEncoder& keys,
                   const ColumnView<Micros>& times, std::vector<uint8_t>& seen);
  Result<std::string> ReadReplacement(const Asked& asked, uint64_t hash) const;

  void LetLeave(const Place& place, size_t& freed);
  void CheckStored(const Place& place) const;
  void QueueMerge(const Place& place);
  void ForgetDying();
  bool WriteShelves(SliceBudget& budget);
  bool WriteMerges(SliceBudget& budget);
  bool WriteEnds(SliceBudget& budget);

  using Runs = std::map<std::pair<uint32_t, SightingRun::Name>, SightingRun>;
  Place PlaceAt(Micros start, uint32_t group);
  Status RestoreRuns(const StateReader& in);
  Status RestorePages(const StateReader& in, Runs runs);
  Status RestoreTails(const StateReader& in);

  const Options options_;
  const SightingForm form_;
  const Micros width_;                                       ///< of a bucket
  std::map<Micros, std::shared_ptr<DedupeBucket>> buckets_;  ///< by start
  int64_t count_ = 0;
  SightingShelf::Sizes sizes_;  ///< of all shelves
  size_t cold_buckets_ = 0;
  Reads reads_;
  std::vector<Asked> asked_;                    ///< scratch
  std::vector<const DedupeBucket*> with_cold_;  ///< scratch

  std::vector<Place> touched_;                        ///< shelves with sightings since Seal
  std::vector<std::shared_ptr<DedupeBucket>> dying_;  ///< their entries end with the next barrier
  StateWriter* out_ = nullptr;                        ///< null: all that was sealed is written
  std::vector<Place> sealed_;
  std::vector<std::unique_ptr<SightingMerge>> sealed_merges_;
  std::vector<std::shared_ptr<DedupeBucket>> sealed_dying_;
  uint32_t dying_group_ = 0;
  bool all_in_runs_ = false;  ///< of what is sealed
  size_t allowance_ = 0;      ///< bytes that may be written again with what is sealed

  std::vector<Place> written_;  ///< shelves that wait for their commit
  uint64_t committed_ = 0;
  bool may_evict_ = false;                               ///< there may be something that may leave
  bool runs_wanted_ = false;                             ///< what is in tails shall leave, too
  std::deque<std::unique_ptr<SightingMerge>> to_merge_;  ///< the first one may be read in part
  std::vector<std::unique_ptr<SightingMerge>> merges_;   ///< are read, wait for a barrier
  size_t merge_bytes_ = 0;                               ///< of what is read and not written
};

}  // namespace weir
