#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/format/format_options.h"
#include "runtime/types/schema.h"
#include "runtime/types/value.h"
#include "runtime/types/value_rules.h"
#include "runtime/vector/column.h"

namespace weir {

/// One declared field of the records, in schema order.
struct DecodeField {
  std::string name;
  DataType type;                       ///< optional: null and absence are fine
  std::optional<Value> default_value;  ///< for an absent key, never for an explicit null
  int output = 0;                      ///< column of the output, or -1: checked, not materialized
  ValueRulesPtr rules = nullptr;       ///< json only; null: none
};

/// What happens to keys that the schema does not declare.
enum class UnknownKeyPolicy : uint8_t { kIgnore, kReject, kCollect };

struct DecodeRequest {
  std::vector<DecodeField> fields;
  UnknownKeyPolicy unknown_keys = UnknownKeyPolicy::kIgnore;
  int collect_output = -1;  ///< column of type map<string, V> for kCollect; -1: checked only
  DataType collect_type;    ///< its type
  int num_outputs = 0;      ///< columns of the output; each is the `output` of one field
  int64_t max_line = 1 << 20;
  FormatOptions options;
};

/// Raw records of one partition. Strings of the result point into them: `owners` keep the bytes
/// alive and become owners of the columns.
struct RecordSpan {
  std::span<const std::string_view> records;
  std::span<const std::shared_ptr<const void>> owners;
  /// csv with a header: the partition's first line, which is not among the records.
  std::string_view header;
};

struct FieldError {
  std::string field;   ///< name or path: `geo.country`, `tags[2]`; "" when the record is no record
  std::string reason;  ///< `not a uuid`
};

/// One record that is not a row.
struct RecordError {
  uint32_t record = 0;
  /// Every bad field, in schema order, then unknown keys; never empty. A record that is not even
  /// well-formed has one entry with an empty field.
  std::vector<FieldError> fields;

  /// The first error: `event_id: not a uuid`.
  std::string Reason() const;
};

using DecodeErrors = std::vector<RecordError>;

/// Turns records into columns. One thread; reused from batch to batch (it learns the usual order of
/// keys).
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// Sets `columns` to `num_outputs` columns of length records.size(): row i is record i. Records
  /// that fail are appended to `errors` in order; their rows have unspecified values.
  virtual void Decode(const RecordSpan& input, std::vector<ColumnPtr>& columns,
                      DecodeErrors& errors) = 0;
};

/// `format`: json, csv or raw. Fails when the format can't carry the declared fields.
Result<std::unique_ptr<Decoder>> MakeDecoder(std::string_view format, DecodeRequest request);

}  // namespace weir
