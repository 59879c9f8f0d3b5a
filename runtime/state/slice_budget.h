#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir {

/// How much state work one call may do: a call between two batches must be short. A row counts its
/// bytes and a little for itself, so that the same rows are handled whatever the clock says.
class SliceBudget {
 public:
  /// Some hundred microseconds: a third of what a batch takes.
  static constexpr size_t kSlice = 96 * 1024;
  static constexpr size_t kPerRow = 64;

  explicit SliceBudget(size_t bytes) : left_(bytes) {}
  static SliceBudget Unlimited() { return SliceBudget(SIZE_MAX); }
  bool spent() const { return left_ == 0; }
  void Take(size_t bytes) { left_ -= std::min(left_, bytes + kPerRow); }

 private:
  size_t left_;
};

}  // namespace weir
