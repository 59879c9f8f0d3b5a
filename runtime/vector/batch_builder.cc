#include "runtime/vector/batch_builder.h"

#include "runtime/base/check.h"

namespace weir {

BatchBuilder::BatchBuilder(SchemaPtr schema, bool keep_payload, bool copy_strings)
    : schema_(std::move(schema)), keep_payload_(keep_payload), copy_strings_(copy_strings) {
  for (const Field& field : schema_->fields()) columns_.emplace_back(field.type, copy_strings_);
  for (const HiddenColumnDef& hidden : kHiddenColumnDefs) {
    hidden_.emplace_back(DataType::Of(hidden.type), copy_strings_);
  }
}

void BatchBuilder::Append(const RecordBatch& batch, const RowSet& rows) {
  WEIR_CHECK(static_cast<size_t>(batch.num_columns()) == columns_.size(),
             "a batch of {} columns where {} are expected", batch.num_columns(), columns_.size());
  if (rows.empty()) return;
  bytes_ = 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].Append(batch.columns()[i].get(), rows);
    bytes_ += columns_[i].bytes();
  }
  for (size_t i = 0; i < kNumHiddenColumns; ++i) {
    const auto member = kHiddenColumnDefs[i].member;
    if (IsOfRecord(member) && !keep_payload_) continue;
    const ColumnPtr& column = batch.hidden().*member;
    if (column == nullptr && !hidden_present_[i]) continue;
    if (!hidden_present_[i]) {
      hidden_present_[i] = true;
      hidden_[i].AppendNulls(num_rows_);  // of the earlier batches, which did not have it
    }
    hidden_[i].Append(column.get(), rows);
    bytes_ += hidden_[i].bytes();
  }
  num_rows_ += rows.count();
}

RecordBatch BatchBuilder::Finish() {
  std::vector<ColumnPtr> columns;
  columns.reserve(columns_.size());
  for (ColumnGather& column : columns_) columns.push_back(column.Finish());
  HiddenColumns hidden;
  for (size_t i = 0; i < kNumHiddenColumns; ++i) {
    if (hidden_present_[i]) hidden.*kHiddenColumnDefs[i].member = hidden_[i].Finish();
  }
  RecordBatch batch(schema_, std::move(columns), num_rows_, std::move(hidden));
  hidden_present_.fill(false);
  num_rows_ = 0;
  bytes_ = 0;
  return batch;
}

}  // namespace weir
