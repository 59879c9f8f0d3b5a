#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/value_writer.h"
#include "runtime/types/schema.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// The keys of a batch's rows, in order of the selection.
struct RecordKeys {
  std::string bytes;
  std::vector<size_t> ends;      ///< of each key in `bytes`
  std::vector<uint8_t> present;  ///< 0: the record has no key

  void Clear();
  std::string_view at(size_t i) const {
    const size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(bytes).substr(begin, ends[i] - begin);
  }
};

/// Key columns as the key of a record in a topic: one column is its plain text (as in csv, a null
/// is no key), several are a JSON array in the order of the key. One thread.
class RecordKeyWriter {
 public:
  RecordKeyWriter(const SchemaPtr& schema, std::vector<int> key);

  /// Replaces `keys`. Without key columns no record has a key.
  void Write(const RecordBatch& batch, RecordKeys& keys);

 private:
  void WriteOne(RowIndex row, RecordKeys& keys);
  void WriteArray(RowIndex row);

  std::vector<int> key_;
  std::vector<ValueWriter> columns_;
  TextWriter writer_;
};

}  // namespace weir
