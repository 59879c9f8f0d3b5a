#include "runtime/format/raw/raw_decoder.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace weir {

Status RawDecoder::Check(const DecodeRequest& request) {
  const bool fits = request.fields.size() == 1 && (request.fields[0].type.is(TypeKind::kString) ||
                                                   request.fields[0].type.is(TypeKind::kBytes));
  if (fits) return Status::Ok();
  return InvalidArgumentError("format raw: the schema needs exactly one field, a string or bytes");
}

void RawDecoder::Decode(const RecordSpan& input, std::vector<ColumnPtr>& columns,
                        DecodeErrors& errors) {
  const DecodeField& field = request_.fields[0];
  const bool is_text = field.type.is(TypeKind::kString);
  const uint32_t count = static_cast<uint32_t>(input.records.size());
  const MutableColumnPtr column = Column::Make(field.type, count);
  std::string_view* cells = column->mutable_data<std::string_view>();
  for (uint32_t row = 0; row < count; ++row) {
    const std::string_view record = input.records[row];
    cells[row] = record;
    if (static_cast<int64_t>(record.size()) > request_.max_line) {
      errors.push_back({row,
                        {{"", fmt::format("{} bytes, longer than max_line ({})", record.size(),
                                          request_.max_line)}}});
    } else if (is_text && !simdjson::validate_utf8(record.data(), record.size())) {
      errors.push_back({row, {{field.name, "invalid UTF-8"}}});
    }
  }
  for (const auto& owner : input.owners) column->AddOwner(owner);
  columns.assign(static_cast<size_t>(request_.num_outputs), nullptr);
  if (field.output >= 0) columns[static_cast<size_t>(field.output)] = column;
}

}  // namespace weir
