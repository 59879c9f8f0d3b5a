#pragma once

#include <cstdint>
#include <vector>

#include "runtime/vector/row_set.h"

namespace weir {

/// Splits the rows of a batch into rounds with at most one row per key: the first row of every key,
/// then the second of those that have one, and so on. Order within a key is kept.
class KeyRounds {
 public:
  /// Kept with each key: how many of its rows the current batch has had.
  struct Mark {
    uint64_t batch = 0;
    uint32_t rows = 0;
  };

  void Begin() {
    ++batch_;
    used_ = 0;
  }
  void Add(Mark& mark, RowIndex row) {
    if (mark.batch != batch_) mark = {batch_, 0};
    if (mark.rows == used_) {
      if (used_ == rounds_.size()) rounds_.emplace_back();
      rounds_[used_++].clear();
    }
    rounds_[mark.rows++].push_back(row);
  }
  /// Without a list of rows: true for the first call with this mark since Begin.
  bool First(Mark& mark) const {
    if (mark.batch == batch_) return false;
    mark = {batch_, 0};
    return true;
  }
  size_t size() const { return used_; }
  const RowIndices& round(size_t index) const { return rounds_[index]; }

 private:
  uint64_t batch_ = 0;
  size_t used_ = 0;
  std::vector<RowIndices> rounds_;
};

}  // namespace weir
