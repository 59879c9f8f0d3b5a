#include "runtime/operators/sighting_run.h"

#include <fmt/format.h>

#include <bit>
#include <vector>

#include "runtime/base/hash.h"
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

SightingRun SightingRun::Write(const SightingForm& form, std::string_view sightings, Place place,
                               uint64_t sequence, StateWriter& out) {
  std::vector<uint64_t> hashes;
  if (form.fixed()) hashes.reserve(sightings.size() / (SightingForm::kFixedKey + sizeof(Micros)));
  std::string_view rest = sightings;
  for (Sighting next; form.Take(rest, next);) hashes.push_back(HashBytes(next.key));
  const auto pages = static_cast<uint32_t>(sightings.size() / kBytesPerPage + 1);
  SightingFilter filter(hashes.size());
  // Where each page ends when all lie one behind the other; first, how large each is.
  std::vector<size_t> ends(pages, 1);
  rest = sightings;
  for (const uint64_t hash : hashes) {
    Sighting next;
    form.Take(rest, next);
    filter.Add(hash);
    ends[PageOf(hash, pages)] += form.SizeOf(next.key);
  }
  std::string bytes(sightings.size() + pages, '\0');
  std::vector<size_t> at(pages);
  for (size_t page = 0, end = 0; page < pages; ++page) {
    at[page] = end + 1;
    bytes[end] = SightingForm::kVersion;
    end += ends[page];
    ends[page] = end;
  }
  rest = sightings;
  for (const uint64_t hash : hashes) {
    Sighting next;
    form.Take(rest, next);
    const uint32_t page = PageOf(hash, pages);
    form.Write(next.key, next.time, bytes.data() + at[page]);
    at[page] += form.SizeOf(next.key);
  }
  SightingRun run(sequence, hashes.size(), pages, std::move(filter));
  for (uint32_t page = 0; page < pages; ++page) {
    const size_t begin = page == 0 ? 0 : ends[page - 1];
    out.Put(kPages, place.group, run.PageKey(place.start, page),
            std::string_view(bytes).substr(begin, ends[page] - begin));
  }
  std::string stored(1, SightingForm::kVersion);
  stored.append(reinterpret_cast<const char*>(&run.count_), sizeof(run.count_));
  stored.append(reinterpret_cast<const char*>(&run.pages_), sizeof(run.pages_));
  stored.append(run.filter_.bytes());
  out.Put(kFilters, place.group, NameOf(place.start, sequence), stored);
  return run;
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
