#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/vector/column.h"
#include "runtime/vector/key_field.h"

namespace weir {

/// Turns key columns into bytes that are equal exactly when the keys are, and into their stable
/// hash (`HashBytes` of the bytes). Null is a key of its own. Reused from batch to batch: no
/// allocation once warm. One thread.
///
/// The bytes are stored on disk, so the form is fixed (little-endian), column after column:
///   - of an optional type: 1 byte, 0 for null (a fixed-width value then is zeros, others nothing)
///   - integers, times, ipv4: 8 bytes whatever their width, so that a widened type keeps its keys;
///     bool 1; floats 8 with -0 as 0 and one NaN; decimals their unscaled 8 or 16; uuid, ipv6 16
///   - string, bytes, json: uint32 length and bytes; enum: the same with its text, since codes
///     change when the type is edited
///   - list, map: uint32 length and elements; struct: fields
/// Keys of only fixed-width columns have a constant stride.
class KeyEncoder {
 public:
  explicit KeyEncoder(std::vector<DataType> types);

  /// Encodes the keys of `rows`; positions are row numbers. Keys point into this encoder until the
  /// next call.
  void Encode(const std::vector<const Column*>& columns, const RowSet& rows, uint32_t capacity);

  std::string_view key(RowIndex row) const { return keys_[row]; }
  uint64_t hash(RowIndex row) const { return hashes_[row]; }
  const uint64_t* hashes() const { return hashes_.data(); }

  /// Turns encoded bytes back into columns (rows 0..n-1), for output and for restore. An enum value
  /// that the type no longer has becomes null.
  static std::vector<ColumnPtr> Decode(const std::vector<DataType>& types,
                                       const std::vector<std::string_view>& keys);
  const std::vector<DataType>& types() const { return types_; }

 private:
  void EncodeFixed(const std::vector<const Column*>& columns, const RowSet& rows);
  void EncodeVariable(const std::vector<const Column*>& columns, const RowSet& rows);
  void Measure(const Column& column, const KeyField& field, const RowSet& rows);
  void WriteVariable(const Column& column, const KeyField& field, const RowSet& rows);
  void HashKeys(const RowSet& rows);

  std::vector<DataType> types_;
  std::vector<KeyField> fields_;
  bool fixed_width_ = false;
  size_t stride_ = 0;
  std::vector<char> bytes_;
  std::vector<uint32_t> cursors_;  ///< by position in the row set: where the next field goes
  std::vector<std::string_view> keys_;
  std::vector<uint64_t> hashes_;
};

}  // namespace weir
