#include "runtime/state/sorted_changes.h"

#include <algorithm>
#include <optional>

namespace weir {
namespace {

size_t CommonLength(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  size_t length = 0;
  while (length < size && a[length] == b[length]) ++length;
  return length;
}

uint64_t PrefixOf(const StateChange& change, size_t skip) {
  constexpr size_t kBytes = 6;
  uint64_t prefix = change.key_group;
  for (size_t i = 0; i < kBytes; ++i) {
    const size_t at = skip + i;
    const uint8_t byte = at < change.key.size() ? static_cast<uint8_t>(change.key[at]) : 0;
    prefix = prefix << 8 | byte;
  }
  return prefix;
}

}  // namespace

SortedChanges::SortedChanges(const std::vector<const SlotChanges*>& parts) {
  size_t count = 0;
  for (const SlotChanges* part : parts) count += part->size();
  entries_.reserve(count);

  // Encoded keys often begin alike (a tag, the bucket of a time).
  std::optional<std::string_view> first;
  size_t skip = 0;
  for (const SlotChanges* part : parts) {
    part->ForEach([&](const StateChange& change) {
      if (!first) {
        first = change.key;
        skip = change.key.size();
      }
      skip = std::min(skip, CommonLength(*first, change.key));
    });
  }
  for (const SlotChanges* part : parts) {
    part->ForEachEntry([&](const char* entry) {
      entries_.push_back({PrefixOf(SlotChanges::Read(entry), skip), entry});
    });
  }
  // Stable: of several changes of a key the last one stays last.
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return SlotChanges::Read(a.change).key < SlotChanges::Read(b.change).key;
  });
  size_t kept = 0;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (i + 1 < entries_.size() && entries_[i].prefix == entries_[i + 1].prefix &&
        SlotChanges::Read(entries_[i].change).key ==
            SlotChanges::Read(entries_[i + 1].change).key) {
      continue;
    }
    entries_[kept++] = entries_[i];
  }
  entries_.resize(kept);
}

}  // namespace weir
