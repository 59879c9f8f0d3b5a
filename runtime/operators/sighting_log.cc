#include "runtime/operators/sighting_log.h"

#include <algorithm>
#include <array>

#include "runtime/base/hash.h"

namespace weir {
namespace {

constexpr size_t kFirstBytes = 96;
constexpr size_t kFirstSlots = 8;

/// A search begins at a cache line, and mostly ends in it.
size_t StartOf(uint64_t hash, size_t mask) { return hash & mask & ~size_t{7}; }

/// At most three of four slots are taken.
bool HasRoom(size_t slots, size_t count) { return count * 4 <= slots * 3; }

}  // namespace

bool SightingLog::Find(std::string_view key, uint64_t hash, Micros& time) const {
  if (slots_.empty()) return false;
  const size_t mask = slots_.size() - 1;
  const uint64_t tag = TagOf(hash);
  for (size_t at = StartOf(hash, mask);; at = (at + 1) & mask) {
    const uint64_t slot = slots_[at];
    if (slot == 0) return false;
    if ((slot & kTag) == tag && form_.IsOf(bytes_.data() + (slot >> 24) - 1, key, time)) {
      return true;
    }
  }
}

size_t SightingLog::Add(std::string_view key, uint64_t hash, Micros time) {
  const size_t place = bytes_.size();
  const size_t size = form_.SizeOf(key);
  size_t grown = 0;
  if (bytes_.capacity() - place < size || !HasRoom(slots_.size(), count_ + 1)) {
    const size_t before = ByteSize();
    MakeRoom(size);
    if (!HasRoom(slots_.size(), count_ + 1)) Index(std::max(kFirstSlots, slots_.size() * 2));
    grown = ByteSize() - before;
  }
  if (form_.fixed()) {
    std::array<char, SightingForm::kFixedKey + sizeof(Micros)> sighting;
    form_.Write(key, time, sighting.data());
    bytes_.insert(bytes_.end(), sighting.begin(), sighting.end());
  } else {
    bytes_.resize(place + size);
    form_.Write(key, time, bytes_.data() + place);
  }
  PutSlot(hash, place);
  ++count_;
  return grown;
}

bool SightingLog::AddAll(std::string_view sightings) {
  MakeRoom(sightings.size());
  Sighting next;
  while (!sightings.empty()) {
    if (!form_.Take(sightings, next)) return false;
    Add(next.key, HashBytes(next.key), next.time);
  }
  return true;
}

void SightingLog::DropFront(uint64_t position) {
  const auto gone = static_cast<size_t>(position - base_);
  base_ = position;
  bytes_ = std::vector<char>(bytes_.begin() + static_cast<ptrdiff_t>(gone), bytes_.end());
  std::string_view rest(bytes_.data(), bytes_.size());
  Sighting passed;
  for (count_ = 0; form_.Take(rest, passed);) ++count_;
  size_t slots = count_ == 0 ? 0 : kFirstSlots;
  while (!HasRoom(slots, count_)) slots *= 2;
  Index(slots);
}

void SightingLog::PutSlot(uint64_t hash, size_t place) {
  const size_t mask = slots_.size() - 1;
  size_t at = StartOf(hash, mask);
  while (slots_[at] != 0) at = (at + 1) & mask;
  slots_[at] = (static_cast<uint64_t>(place) + 1) << 24 | TagOf(hash);
}

void SightingLog::Index(size_t slots) {
  slots_ = std::vector<uint64_t>(slots);
  std::string_view rest(bytes_.data(), bytes_.size());
  Sighting next;
  while (form_.Take(rest, next)) {
    const auto end = static_cast<size_t>(rest.data() - bytes_.data());
    PutSlot(HashBytes(next.key), end - form_.SizeOf(next.key));
  }
}

/// By a quarter at a time: a log is most of what a stage takes.
void SightingLog::MakeRoom(size_t size) {
  const size_t needed = bytes_.size() + size;
  if (needed <= bytes_.capacity()) return;
  bytes_.reserve(std::max({needed, kFirstBytes, bytes_.capacity() / 4 * 5}));
}

}  // namespace weir
