#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/result.h"
#include "runtime/operators/sighting_filter.h"
#include "runtime/operators/sighting_form.h"
#include "runtime/state/state_access.h"

namespace weir {

/// Sightings of one bucket and key group that are on disk and never change: in pages of about 4
/// KiB, chosen by the key's hash, so that a look reads one, and a filter. Entries, keys as text:
///   slot "filters", `start of the bucket/sequence`: version, number of sightings, of pages, filter
///   slot "pages", `start/sequence/page`: version, sightings
/// Here are the numbers and the filter, which is all that has to be in memory.
class SightingRun {
 public:
  static constexpr char kPages[] = "pages";
  static constexpr char kFilters[] = "filters";

  /// Where a run belongs.
  struct Place {
    Micros start = 0;
    uint32_t group = 0;
  };

  /// A run that SightingRunWriter fills.
  SightingRun(uint64_t sequence, uint64_t count, uint32_t pages)
      : SightingRun(sequence, count, pages, SightingFilter(count)) {}
  void Add(uint64_t hash) { filter_.Add(hash); }
  void PutFilter(Place place, StateWriter& out) const;
  static uint32_t PagesFor(size_t bytes);
  static uint32_t PageOf(uint64_t hash, uint32_t pages) {
    // The top 8 bits are those of the key group.
    return static_cast<uint32_t>(((hash << 8 >> 32) * pages) >> 32);
  }
  /// Of an entry of slot "filters"; none when it is damaged.
  static std::optional<SightingRun> Read(uint64_t sequence, std::string_view stored);
  /// `start/sequence` with what may follow; none when it is damaged.
  struct Name {
    Micros start = 0;
    uint64_t sequence = 0;
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  static std::optional<Name> ParseName(std::string_view key);
  void Delete(Place place, StateWriter& out) const;
  std::string PageKey(Micros start, uint32_t page) const;
  /// The sightings of an entry of slot "pages"; none when it is damaged.
  static std::optional<std::string_view> SightingsOf(std::string_view page);

  bool MayHave(uint64_t hash) const { return filter_.MayHave(hash); }
  [[gnu::always_inline]] void Prefetch(uint64_t hash) const { filter_.Prefetch(hash); }
  uint32_t PageOf(uint64_t hash) const { return PageOf(hash, pages_); }

  uint64_t sequence() const { return sequence_; }
  uint64_t count() const { return count_; }
  uint32_t pages() const { return pages_; }
  size_t ByteSize() const { return sizeof(*this) + filter_.ByteSize(); }
  /// Runs of a level are up to four times as large as those of the level below.
  int level() const;

  uint64_t end = 0;        ///< in the shelf's log, while it is there
  bool committed = false;  ///< a commit that has returned holds it

 private:
  SightingRun(uint64_t sequence, uint64_t count, uint32_t pages, SightingFilter filter)
      : sequence_(sequence), count_(count), pages_(pages), filter_(std::move(filter)) {}

  uint64_t sequence_;
  uint64_t count_;
  uint32_t pages_;
  SightingFilter filter_;
};

}  // namespace weir
