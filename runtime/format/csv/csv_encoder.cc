#include "runtime/format/csv/csv_encoder.h"

namespace weir {

CsvEncoder::CsvEncoder(EncodeRequest request)
    : request_(std::move(request)), separator_(request_.options.separator[0]) {
  for (const Field& field : request_.schema->fields()) columns_.emplace_back(field.type);
}

Status CsvEncoder::Check(const EncodeRequest& request) {
  if (request.options.separator.size() == 1) return Status::Ok();
  return InvalidArgumentError("format csv: separator must be one byte");
}

void CsvEncoder::AppendCell(std::string_view text, std::string& out) const {
  const char special[] = {'"', '\n', '\r', separator_};
  const bool plain = text.find_first_of(std::string_view(special, 4)) == std::string_view::npos;
  if (plain && !text.empty() && text != request_.options.null_text) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void CsvEncoder::AppendHeader(std::string& out) const {
  if (!request_.options.header) return;
  for (int i = 0; i < request_.schema->num_fields(); ++i) {
    if (i > 0) out += separator_;
    AppendCell(request_.schema->field(i).name, out);
  }
  if (request_.upsert) {
    out += separator_;
    out += "_deleted";
  }
  out += '\n';
}

template <typename AfterRow>
void CsvEncoder::AppendRows(const RecordBatch& batch, std::string& out, AfterRow after_row) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].Bind(*batch.column(static_cast<int>(i)));
  }
  const Column* op = batch.hidden().op.get();
  batch.rows().ForEach([&](RowIndex row) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out += separator_;
      if (columns_[i].IsNull(row)) {
        out += request_.options.null_text;
        continue;
      }
      cell_.clear();
      writer_.Begin(cell_);
      columns_[i].PutText(row, writer_);
      writer_.Flush();
      AppendCell(cell_, out);
    }
    if (request_.upsert) {
      const bool deleted =
          op != nullptr && ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete);
      out += separator_;
      out += deleted ? "true" : "false";
    }
    after_row();
  });
}

void CsvEncoder::Append(const RecordBatch& batch, std::string& out) {
  AppendRows(batch, out, [&out] { out += '\n'; });
}

void CsvEncoder::AppendRecords(const RecordBatch& batch, std::string& out,
                               std::vector<size_t>& ends) {
  AppendRows(batch, out, [&out, &ends] { ends.push_back(out.size()); });
}

}  // namespace weir
