#include "runtime/format/raw/raw_encoder.h"

#include <algorithm>

namespace weir {
namespace {

/// Columns that are not part of the key, or the only column when it is the key itself.
std::vector<int> ValueColumns(const EncodeRequest& request) {
  std::vector<int> columns;
  for (int i = 0; i < request.schema->num_fields(); ++i) {
    const bool is_key = std::find(request.key.begin(), request.key.end(), i) != request.key.end();
    if (!is_key || request.schema->num_fields() == 1) columns.push_back(i);
  }
  return columns;
}

}  // namespace

RawEncoder::RawEncoder(const EncodeRequest& request) : column_(ValueColumns(request).front()) {}

Status RawEncoder::Check(const EncodeRequest& request) {
  const std::vector<int> columns = ValueColumns(request);
  if (columns.size() == 1 &&
      request.schema->field(columns.front()).type.physical() == Physical::kString) {
    return Status::Ok();
  }
  return InvalidArgumentError(
      "format raw: besides the key the row needs exactly one column, a string or bytes; it is {}",
      request.schema->ToString());
}

void RawEncoder::Append(const RecordBatch& batch, std::string& out) {
  const ColumnView<std::string_view> texts(*batch.column(column_));
  batch.rows().ForEach([&texts, &out](RowIndex row) {
    if (!texts.IsNull(row)) out += texts[row];
    out += '\n';
  });
}

void RawEncoder::AppendRecords(const RecordBatch& batch, std::string& out,
                               std::vector<size_t>& ends) {
  const ColumnView<std::string_view> texts(*batch.column(0));
  batch.rows().ForEach([&texts, &out, &ends](RowIndex row) {
    if (!texts.IsNull(row)) out += texts[row];
    ends.push_back(out.size());
  });
}

}  // namespace weir
