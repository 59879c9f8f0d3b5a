#include "runtime/format/record_key.h"

namespace weir {

void RecordKeys::Clear() {
  bytes.clear();
  ends.clear();
  present.clear();
}

RecordKeyWriter::RecordKeyWriter(const SchemaPtr& schema, std::vector<int> key)
    : key_(std::move(key)) {
  for (const int column : key_) columns_.emplace_back(schema->field(column).type);
}

void RecordKeyWriter::Write(const RecordBatch& batch, RecordKeys& keys) {
  keys.Clear();
  for (size_t i = 0; i < key_.size(); ++i) columns_[i].Bind(*batch.column(key_[i]));
  writer_.Begin(keys.bytes);
  batch.rows().ForEach([this, &keys](RowIndex row) { WriteOne(row, keys); });
  writer_.Flush();
}

void RecordKeyWriter::WriteOne(RowIndex row, RecordKeys& keys) {
  bool present = !columns_.empty();
  if (columns_.size() == 1) {
    present = !columns_[0].IsNull(row);
    if (present) columns_[0].PutText(row, writer_);
  } else if (present) {
    WriteArray(row);
  }
  keys.present.push_back(present ? 1 : 0);
  keys.ends.push_back(writer_.size());
}

void RecordKeyWriter::WriteArray(RowIndex row) {
  writer_.Put('[');
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) writer_.Put(',');
    columns_[i].PutJson(row, writer_);
  }
  writer_.Put(']');
}

}  // namespace weir
