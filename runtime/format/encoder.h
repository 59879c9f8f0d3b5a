#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/format/format_options.h"
#include "runtime/types/schema.h"
#include "runtime/vector/record_batch.h"

namespace weir {

struct EncodeRequest {
  SchemaPtr schema;
  /// Columns of the key. A row whose hidden op is a delete is written as the key only, marked
  /// `"_deleted":true`; without a key, as the whole row with that mark.
  std::vector<int> key;
  bool upsert = false;  ///< csv: adds the column `_deleted`
  FormatOptions options;
};

/// Turns rows into bytes. One thread.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// What a file starts with (the header of csv); most formats have nothing.
  virtual void AppendHeader(std::string& out) const { (void)out; }
  /// Appends the selected rows of `batch`, one line each.
  virtual void Append(const RecordBatch& batch, std::string& out) = 0;
  /// The same rows as records of their own, without line ends: `ends` gets, per selected row, where
  /// its record ends in `out`; the first begins where `out` ended before.
  virtual void AppendRecords(const RecordBatch& batch, std::string& out,
                             std::vector<size_t>& ends) = 0;
  /// Usual ending of file names: `jsonl`, `csv`.
  virtual std::string_view file_suffix() const = 0;
};

/// `format`: json, csv or raw. Fails when the format can't carry the schema.
Result<std::unique_ptr<Encoder>> MakeEncoder(std::string_view format, EncodeRequest request);

}  // namespace weir
