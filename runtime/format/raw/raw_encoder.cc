#include "runtime/format/raw/raw_encoder.h"

namespace weir {

Status RawEncoder::Check(const EncodeRequest& request) {
  const bool fits = request.schema->num_fields() == 1 &&
                    request.schema->field(0).type.physical() == Physical::kString;
  if (fits) return Status::Ok();
  return InvalidArgumentError(
      "format raw: the row needs exactly one column, a string or bytes; it is {}",
      request.schema->ToString());
}

void RawEncoder::Append(const RecordBatch& batch, std::string& out) {
  const ColumnView<std::string_view> texts(*batch.column(0));
  batch.rows().ForEach([&texts, &out](RowIndex row) {
    if (!texts.IsNull(row)) out += texts[row];
    out += '\n';
  });
}

}  // namespace weir
