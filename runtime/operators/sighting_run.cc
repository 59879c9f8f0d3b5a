#include "runtime/operators/sighting_run.h"

#include <fmt/format.h>

#include <bit>

#include "runtime/types/text.h"

namespace weir {
namespace {

/// Pages differ in size by chance; few should be larger than a block of the store.
constexpr size_t kBytesPerPage = 3584;
constexpr uint64_t kSmallRun = 128;

std::string NameOf(Micros start, uint64_t sequence) {
  return fmt::format("{}/{:06}", start, sequence);
}

}  // namespace

uint32_t SightingRun::PagesFor(size_t bytes) {
  return static_cast<uint32_t>(bytes / kBytesPerPage + 1);
}

void SightingRun::PutFilter(Place place, StateWriter& out) const {
  std::string stored(1, SightingForm::kVersion);
  stored.append(reinterpret_cast<const char*>(&count_), sizeof(count_));
  stored.append(reinterpret_cast<const char*>(&pages_), sizeof(pages_));
  stored.append(filter_.bytes());
  out.Put(kFilters, place.group, NameOf(place.start, sequence_), stored);
}

std::optional<SightingRun> SightingRun::Read(uint64_t sequence, std::string_view stored) {
  uint64_t count = 0;
  uint32_t pages = 0;
  const size_t head = 1 + sizeof(count) + sizeof(pages);
  if (stored.size() < head || stored.front() != SightingForm::kVersion) return std::nullopt;
  std::memcpy(&count, stored.data() + 1, sizeof(count));
  std::memcpy(&pages, stored.data() + 1 + sizeof(count), sizeof(pages));
  std::optional<SightingFilter> filter = SightingFilter::From(stored.substr(head));
  if (!filter || pages == 0) return std::nullopt;
  SightingRun run(sequence, count, pages, *std::move(filter));
  run.committed = true;
  return run;
}

std::optional<SightingRun::Name> SightingRun::ParseName(std::string_view key) {
  const size_t slash = key.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<int64_t> start = ParseInt64(key.substr(0, slash));
  const std::string_view rest = key.substr(slash + 1);
  const std::optional<int64_t> sequence = ParseInt64(rest.substr(0, rest.find('/')));
  if (!start || !sequence || *sequence < 0) return std::nullopt;
  return Name{*start, static_cast<uint64_t>(*sequence)};
}

void SightingRun::Delete(Place place, StateWriter& out) const {
  for (uint32_t page = 0; page < pages_; ++page) {
    out.Delete(kPages, place.group, PageKey(place.start, page));
  }
  out.Delete(kFilters, place.group, NameOf(place.start, sequence_));
}

std::string SightingRun::PageKey(Micros start, uint32_t page) const {
  return fmt::format("{}/{:06}/{:06}", start, sequence_, page);
}

std::optional<std::string_view> SightingRun::SightingsOf(std::string_view page) {
  if (page.empty() || page.front() != SightingForm::kVersion) return std::nullopt;
  return page.substr(1);
}

int SightingRun::level() const { return static_cast<int>(std::bit_width(count_ / kSmallRun)) / 2; }

}  // namespace weir
