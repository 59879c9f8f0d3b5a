// The part of SightingStore that rows meet.
#include "runtime/operators/sighting_store.h"

#include <algorithm>
#include <tuple>

namespace weir {
namespace {

/// Rows whose filters are on their way into the cache.
constexpr uint32_t kAhead = 8;
/// Pages in memory at a time.
constexpr size_t kPagesAtOnce = 256;

}  // namespace

SightingStore::SightingStore(Options options)
    : options_(std::move(options)),
      form_(options_.keys_of_16_bytes),
      width_(std::max<Micros>(options_.within / 4, 1)) {}

Micros SightingStore::StartOf(Micros time) const {
  const Micros start = time / width_ * width_;
  return start > time ? start - width_ : start;
}

DedupeBucket& SightingStore::BucketAt(Micros start) {
  std::shared_ptr<DedupeBucket>& bucket = buckets_[start];
  if (bucket == nullptr) bucket = std::make_shared<DedupeBucket>(start);
  return *bucket;
}

SightingShelf& SightingStore::ShelfAt(DedupeBucket& bucket, uint32_t group) {
  std::unique_ptr<SightingShelf>& shelf = bucket.shelves[group];
  if (shelf == nullptr) {
    shelf = std::make_unique<SightingShelf>(options_.keys_of_16_bytes,
                                            SightingRun::Place{bucket.start, group});
    Count(shelf->Measure(), true);
  }
  return *shelf;
}

void SightingStore::Count(const SightingShelf::Sizes& sizes, bool there) {
  const auto count = [there](size_t& sum, size_t bytes) { sum += there ? bytes : 0 - bytes; };
  count(sizes_.log, sizes.log);
  count(sizes_.fixed, sizes.fixed);
  count(sizes_.unwritten, sizes.unwritten);
  count(sizes_.tail, sizes.tail);
}

bool SightingStore::SeenBefore(std::string_view key, uint64_t hash, Micros time) {
  // Newest first: duplicates mostly follow soon.
  for (auto bucket = buckets_.rbegin(); bucket != buckets_.rend(); ++bucket) {
    if (!Concerns(bucket->first, time)) continue;
    Micros first = 0;
    const SightingShelf* shelf = bucket->second->shelf(hash);
    if (shelf != nullptr && shelf->log().Find(key, hash, first) &&
        std::abs(time - first) < options_.within) {
      return true;
    }
  }
  DedupeBucket& bucket = BucketAt(StartOf(time));
  SightingShelf& shelf = ShelfAt(bucket, KeyGroupOf(hash));
  sizes_.log += shelf.Add(key, hash, time);
  sizes_.unwritten += form_.SizeOf(key);
  ++bucket.count;
  ++count_;
  if (options_.keeps && !shelf.touched) {
    shelf.touched = true;
    touched_.push_back({buckets_.at(bucket.start), KeyGroupOf(hash)});
  }
  return false;
}

Status SightingStore::LookUpCold(const KeyEncoder& keys, const RowSet& rows,
                                 const ColumnView<Micros>& times, std::vector<uint8_t>& seen) {
  AskFilters(keys, rows, times);
  if (asked_.empty()) return Status::Ok();
  const auto page_of = [](const Asked& asked) {
    return std::tuple(asked.group, asked.bucket->start, asked.run, asked.page);
  };
  std::sort(asked_.begin(), asked_.end(),
            [&](const Asked& a, const Asked& b) { return page_of(a) < page_of(b); });
  for (size_t begin = 0; begin < asked_.size();) {
    size_t end = begin + 1;
    for (size_t pages = 1; end < asked_.size(); ++end) {
      if (page_of(asked_[end]) != page_of(asked_[end - 1]) && ++pages > kPagesAtOnce) break;
    }
    WEIR_TRY(ReadPages(begin, end, keys, times, seen));
    begin = end;
  }
  return Status::Ok();
}

void SightingStore::AskFilters(const KeyEncoder& keys, const RowSet& rows,
                               const ColumnView<Micros>& times) {
  asked_.clear();
  with_cold_.clear();
  for (const auto& [start, bucket] : buckets_) {
    if (bucket->cold) with_cold_.push_back(bucket.get());
  }
  const auto for_runs = [&](RowIndex row, auto&& visit) {
    for (const DedupeBucket* bucket : with_cold_) {
      if (!Concerns(bucket->start, times[row])) continue;
      const SightingShelf* shelf = bucket->shelf(keys.hash(row));
      if (shelf == nullptr) continue;
      const std::vector<SightingRun>& runs = shelf->cold();
      for (size_t run = 0; run < runs.size(); ++run) visit(*bucket, runs[run], run);
    }
  };
  for (uint32_t i = 0; i < rows.count() + kAhead; ++i) {
    if (i < rows.count()) {
      const uint64_t hash = keys.hash(rows[i]);
      for_runs(rows[i],
               [hash](const DedupeBucket&, const SightingRun& run, size_t) { run.Prefetch(hash); });
    }
    if (i < kAhead) continue;
    const RowIndex row = rows[i - kAhead];
    const uint64_t hash = keys.hash(row);
    for_runs(row, [&](const DedupeBucket& bucket, const SightingRun& run, size_t place) {
      if (!run.MayHave(hash)) return;
      asked_.push_back({KeyGroupOf(hash), row, &bucket, place, run.PageOf(hash)});
    });
  }
}

/// Of asked_, whose equal pages are neighbours.
Status SightingStore::ReadPages(size_t begin, size_t end, const KeyEncoder& keys,
                                const ColumnView<Micros>& times, std::vector<uint8_t>& seen) {
  std::vector<std::string> names;
  std::vector<StateKey> wanted;
  std::vector<size_t> page_of;
  for (size_t i = begin; i < end; ++i) {
    const Asked& asked = asked_[i];
    const SightingRun& run = asked.bucket->shelves[asked.group]->cold()[asked.run];
    std::string name = run.PageKey(asked.bucket->start, asked.page);
    if (i == begin || asked.group != asked_[i - 1].group || name != names.back()) {
      names.push_back(std::move(name));
      wanted.push_back({asked.group, {}});
    }
    page_of.push_back(names.size() - 1);
  }
  for (size_t i = 0; i < names.size(); ++i) wanted[i].key = names[i];
  WEIR_ASSIGN(auto pages, options_.cold->MultiGet(SightingRun::kPages, wanted));
  reads_.pages += static_cast<int64_t>(pages.size());
  for (size_t i = begin; i < end; ++i) {
    const Asked& asked = asked_[i];
    std::optional<std::string>& page = pages[page_of[i - begin]];
    std::string replacement;
    const uint64_t hash = keys.hash(asked.row);
    if (!page) {
      WEIR_ASSIGN(replacement, ReadReplacement(asked, hash));
    }
    const auto sightings = SightingRun::SightingsOf(page ? *page : replacement);
    if (!sightings) return DataLossError("stored page {} is damaged", names[page_of[i - begin]]);
    const std::optional<Micros> first = form_.Find(*sightings, keys.key(asked.row));
    ++(first ? reads_.found : reads_.not_found);
    if (first && std::abs(times[asked.row] - *first) < options_.within) seen[asked.row] = 1;
  }
  return Status::Ok();
}

/// The commit that replaces the run is there, but the word of it is still on its way.
Result<std::string> SightingStore::ReadReplacement(const Asked& asked, uint64_t hash) const {
  const SightingShelf& shelf = *asked.bucket->shelves[asked.group];
  const SightingRun* run = shelf.Replacement(asked.run);
  if (run == nullptr) run = &shelf.cold()[asked.run];  // and is missing
  const std::string name = run->PageKey(asked.bucket->start, run->PageOf(hash));
  WEIR_ASSIGN(auto pages, options_.cold->MultiGet(SightingRun::kPages, {{asked.group, name}}));
  if (!pages[0]) return DataLossError("stored page {} is missing", name);
  return *std::move(pages[0]);
}

void SightingStore::Expire(Micros oldest) {
  while (!buckets_.empty() && buckets_.begin()->first + width_ <= oldest) {
    std::shared_ptr<DedupeBucket> bucket = std::move(buckets_.begin()->second);
    buckets_.erase(buckets_.begin());
    for (const auto& shelf : bucket->shelves) {
      if (shelf != nullptr) Count(shelf->Measure(), false);
    }
    count_ -= bucket->count;
    if (bucket->cold) --cold_buckets_;
    // What is sealed of it belongs to the checkpoint under way all the same.
    bucket->dropped = true;
    if (options_.keeps) dying_.push_back(std::move(bucket));
  }
  ForgetDying();
}

}  // namespace weir
