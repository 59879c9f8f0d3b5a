#include "runtime/vector/record_batch.h"

#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/types/text.h"
#include "runtime/vector/batch_builder.h"

namespace weir {

RecordBatch::RecordBatch(SchemaPtr schema, std::vector<ColumnPtr> columns, uint32_t capacity,
                         HiddenColumns hidden)
    : schema_(std::move(schema)),
      columns_(std::move(columns)),
      hidden_(std::move(hidden)),
      capacity_(capacity) {
  WEIR_CHECK(static_cast<size_t>(schema_->num_fields()) == columns_.size(), "{} columns for {}",
             columns_.size(), schema_->ToString());
  for (size_t i = 0; i < columns_.size(); ++i) {
    WEIR_CHECK(columns_[i]->length() == capacity_, "column {} has {} rows, its batch {}",
               schema_->fields()[i].name, columns_[i]->length(), capacity_);
  }
}

RecordBatch RecordBatch::WithSelection(std::shared_ptr<const RowIndices> selection) const {
  WEIR_CHECK(selection == nullptr || selection->empty() || selection->back() < capacity_,
             "row {} selected in a batch of {}", selection->back(), capacity_);
  RecordBatch batch = *this;
  batch.selection_ = std::move(selection);
  return batch;
}

RecordBatch RecordBatch::WithColumns(SchemaPtr schema, std::vector<ColumnPtr> columns) const {
  RecordBatch batch(std::move(schema), std::move(columns), capacity_, hidden_);
  batch.selection_ = selection_;
  return batch;
}

RecordBatch RecordBatch::Compact(bool keep_payload) const {
  if (selection_ == nullptr) {
    RecordBatch batch = *this;
    for (const HiddenColumnDef& def : kHiddenColumnDefs) {
      if (!keep_payload && IsOfRecord(def.member)) batch.hidden_.*def.member = nullptr;
    }
    return batch;
  }
  BatchBuilder builder(schema_, keep_payload, /*copy_strings=*/false);
  builder.Append(*this, rows());
  return builder.Finish();
}

size_t RecordBatch::ByteSize() const {
  size_t bytes = 0;
  for (const ColumnPtr& column : columns_) bytes += column->ByteSize();
  for (const HiddenColumnDef& def : kHiddenColumnDefs) {
    const ColumnPtr& column = hidden_.*def.member;
    if (column != nullptr) bytes += column->ByteSize();
  }
  return bytes;
}

std::string RecordBatch::ToJsonLines() const {
  std::string out;
  rows().ForEach([&](RowIndex row) {
    out += '{';
    bool first = true;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Field& field = schema_->fields()[i];
      const Value value = columns_[i]->ValueAt(row);
      if (value.is_null() && field.type.optional()) continue;
      if (!first) out += ',';
      first = false;
      AppendJsonString(field.name, out);
      out += ':';
      out += value.ToJson();
    }
    out += "}\n";
  });
  return out;
}

}  // namespace weir
