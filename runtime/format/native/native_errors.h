#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Values of a block that the target can't hold, by the row's position in the block. Elements of
/// lists count as their row: whoever writes elements sets `owners`.
class NativeErrors {
 public:
  struct Entry {
    uint32_t row;
    std::string message;
  };

  void Add(size_t position, std::string message) {
    entries_.push_back({Owner(position), std::move(message)});
  }
  uint32_t Owner(size_t position) const {
    return owners_ == nullptr ? static_cast<uint32_t>(position) : (*owners_)[position];
  }
  /// Row of each element from now on; null: positions are rows. Returns what was set before.
  const std::vector<uint32_t>* SetOwners(const std::vector<uint32_t>* owners) {
    return std::exchange(owners_, owners);
  }
  bool empty() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  const std::vector<uint32_t>* owners_ = nullptr;
};

}  // namespace weir
