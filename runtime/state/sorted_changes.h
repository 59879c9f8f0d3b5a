#pragma once

#include <cstdint>
#include <vector>

#include "runtime/state/state_delta.h"

namespace weir {

/// The changes of one slot, of all instances of its operator, in the order of the store: by key
/// group and key, the last change of each only, and none that a later delete of a prefix takes.
/// Such a delete comes before the entries that it could be about. Keeps views: the deltas must
/// outlive it.
class SortedChanges {
 public:
  explicit SortedChanges(const std::vector<const SlotChanges*>& parts);

  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (const Entry& entry : entries_) visit(SlotChanges::Read(entry.change));
  }
  size_t size() const { return entries_.size(); }
  StateChange operator[](size_t index) const { return SlotChanges::Read(entries_[index].change); }

 private:
  class PrefixDeletes;
  /// Key group and the first bytes of the key that differ: most comparisons end there, without a
  /// look at memory far away.
  struct Entry {
    uint64_t prefix;
    const char* change;
  };

  std::vector<Entry> entries_;
};

}  // namespace weir
