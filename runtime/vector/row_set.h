#pragma once

#include <cstdint>
#include <vector>

namespace weir {

/// Row index inside a batch.
using RowIndex = uint32_t;
using RowIndices = std::vector<RowIndex>;

/// The rows of a batch that an operation works on: all of [0, count) or a sorted list of indices.
/// A view: the indices belong to somebody who outlives it.
class RowSet {
 public:
  RowSet() = default;
  static RowSet All(uint32_t count) { return RowSet(nullptr, count); }
  static RowSet Of(const RowIndices& rows) {
    return RowSet(rows.data(), static_cast<uint32_t>(rows.size()));
  }
  RowSet(const RowIndex* rows, uint32_t count) : rows_(rows), count_(count) {}

  uint32_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  bool is_dense() const { return rows_ == nullptr; }
  RowIndex operator[](uint32_t i) const { return rows_ == nullptr ? i : rows_[i]; }

  /// Calls `body(row)` for each row; two loops so that the dense one vectorizes.
  template <typename Body>
  void ForEach(Body&& body) const {
    if (rows_ == nullptr) {
      for (RowIndex row = 0; row < count_; ++row) body(row);
    } else {
      for (uint32_t i = 0; i < count_; ++i) body(rows_[i]);
    }
  }

 private:
  const RowIndex* rows_ = nullptr;
  uint32_t count_ = 0;
};

}  // namespace weir
