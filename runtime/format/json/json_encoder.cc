#include "runtime/format/json/json_encoder.h"

#include "runtime/types/text.h"

namespace weir {

JsonEncoder::JsonEncoder(EncodeRequest request) : routed_from_(DataType::String()) {
  for (const Field& field : request.schema->fields()) {
    columns_.emplace_back(field.type);
    Name& name = names_.emplace_back();
    AppendJsonString(field.name, name.text);
    name.text += ':';
    name.size = name.text.size();
    if (name.size < 32) name.text.resize(32);
  }
  in_key_.assign(columns_.size(), request.key.empty());
  for (const int column : request.key) in_key_[static_cast<size_t>(column)] = true;
}

template <typename AfterRow>
void JsonEncoder::PutRows(const RecordBatch& batch, std::string& out, AfterRow after_row) {
  writer_.Begin(out);
  for (size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].Bind(*batch.column(static_cast<int>(i)));
  }
  has_routed_from_ = batch.hidden().routed_from != nullptr;
  if (has_routed_from_) routed_from_.Bind(*batch.hidden().routed_from);
  const Column* op = batch.hidden().op.get();
  if (op == nullptr) {
    batch.rows().ForEach([this, &after_row](RowIndex row) {
      PutRow(row);
      after_row();
    });
  } else {
    const ColumnView<uint8_t> ops(*op);
    batch.rows().ForEach([this, &ops, &after_row](RowIndex row) {
      if (ops[row] == static_cast<uint8_t>(RowOp::kDelete)) {
        PutDelete(row);
      } else {
        PutRow(row);
      }
      after_row();
    });
  }
  writer_.Flush();
}

void JsonEncoder::Append(const RecordBatch& batch, std::string& out) {
  PutRows(batch, out, [this] { writer_.Put('\n'); });
}

void JsonEncoder::AppendRecords(const RecordBatch& batch, std::string& out,
                                std::vector<size_t>& ends) {
  PutRows(batch, out, [this, &ends] { ends.push_back(writer_.size()); });
}

void JsonEncoder::PutColumn(size_t index, RowIndex row) {
  if (columns_[index].IsNull(row)) return;
  const Name& name = names_[index];
  if (name.size <= 32) {
    writer_.PutShort(name.text.data(), name.size);
  } else {
    writer_.Put(name.text);
  }
  columns_[index].PutJson(row, writer_);
  writer_.Put(',');
}

void JsonEncoder::PutRow(RowIndex row) {
  // Every member ends with a comma; the last one becomes the brace.
  writer_.Put('{');
  for (size_t i = 0; i < columns_.size(); ++i) PutColumn(i, row);
  if (has_routed_from_ && !routed_from_.IsNull(row)) {
    writer_.Put("\"_routed_from\":");
    routed_from_.PutJson(row, writer_);
    writer_.Put(',');
  }
  writer_.EndList('{', '}');
}

void JsonEncoder::PutDelete(RowIndex row) {
  writer_.Put("{\"_deleted\":true,");
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (in_key_[i]) PutColumn(i, row);
  }
  writer_.EndList('{', '}');
}

}  // namespace weir
