#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/vector/column.h"

namespace weir {

/// Turns key columns into bytes that are equal exactly when the keys are, and into their stable
/// hash. Fixed-width keys (uuid, numbers, enums) have a constant stride; others are length-prefixed.
/// Null is a key of its own. Reused from batch to batch: no allocation once warm. One thread.
class KeyEncoder {
 public:
  explicit KeyEncoder(std::vector<DataType> types);

  /// Encodes the keys of `rows`; positions are row numbers. Keys point into this encoder until the
  /// next call.
  void Encode(const std::vector<const Column*>& columns, const RowSet& rows, uint32_t capacity);

  std::string_view key(RowIndex row) const { return keys_[row]; }
  uint64_t hash(RowIndex row) const { return hashes_[row]; }
  const uint64_t* hashes() const { return hashes_.data(); }

  /// Turns encoded bytes back into columns (rows 0..n-1), for output and for restore.
  static std::vector<ColumnPtr> Decode(const std::vector<DataType>& types,
                                       const std::vector<std::string_view>& keys);
  const std::vector<DataType>& types() const { return types_; }

 private:
  std::vector<DataType> types_;
  bool fixed_width_ = false;
  size_t stride_ = 0;
  std::vector<char> bytes_;
  std::vector<std::string_view> keys_;
  std::vector<uint64_t> hashes_;
};

}  // namespace weir
