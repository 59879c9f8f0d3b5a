#include "runtime/state/sorted_changes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

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

/// Deletes of prefixes, and which changes come before one that takes them. Changes are numbered in
/// their order.
class SortedChanges::PrefixDeletes {
 public:
  explicit PrefixDeletes(const std::vector<const SlotChanges*>& parts) {
    size_t number = 0;
    for (const SlotChanges* part : parts) {
      if (part->prefixes() == 0) {
        number += part->size();
        continue;
      }
      part->ForEach([&](const StateChange& change) {
        ++number;
        if (!change.prefix) return;
        last_[change.key_group][change.key] = number;
        lengths_.insert(change.key.size());
      });
    }
  }

  /// Whether change `number` comes before a delete of a prefix of its key. (Of deletes of the same
  /// prefix the last one stays like any other change.)
  bool Takes(const StateChange& change, size_t number) const {
    if (last_.empty()) return false;
    const auto group = last_.find(change.key_group);
    if (group == last_.end()) return false;
    for (const size_t length : lengths_) {
      if (length > change.key.size() || (change.prefix && length == change.key.size())) break;
      const auto found = group->second.find(change.key.substr(0, length));
      if (found != group->second.end() && found->second > number) return true;
    }
    return false;
  }

 private:
  std::unordered_map<uint32_t, std::map<std::string_view, size_t>> last_;  ///< by group and prefix
  std::set<size_t> lengths_;
};

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
  const PrefixDeletes deletes(parts);
  size_t number = 0;
  for (const SlotChanges* part : parts) {
    part->ForEachEntry([&](const char* entry) {
      const StateChange change = SlotChanges::Read(entry);
      if (!deletes.Takes(change, ++number)) entries_.push_back({PrefixOf(change, skip), entry});
    });
  }
  // Stable: of several changes of a key the last one stays last.
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const StateChange left = SlotChanges::Read(a.change), right = SlotChanges::Read(b.change);
    if (left.key != right.key) return left.key < right.key;
    return left.prefix && !right.prefix;
  });
  size_t kept = 0;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (i + 1 < entries_.size() && entries_[i].prefix == entries_[i + 1].prefix) {
      const StateChange change = SlotChanges::Read(entries_[i].change);
      const StateChange next = SlotChanges::Read(entries_[i + 1].change);
      if (change.key == next.key && change.prefix == next.prefix) continue;
    }
    entries_[kept++] = entries_[i];
  }
  entries_.resize(kept);
}

}  // namespace weir
