#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/types/schema.h"
#include "runtime/vector/column.h"
#include "runtime/vector/row_set.h"

namespace weir {

/// Operation of a row of an upsert stream.
enum class RowOp : uint8_t { kUpsert = 0, kDelete = 1 };

/// Columns that travel beside the declared ones. A null pointer means absent. All have the batch's
/// length; most are constant within a batch.
struct HiddenColumns {
  ColumnPtr event_time;  ///< int64 us. Of a window or session row: its end - 1 us / last event.
  /// int64 us: the watermark of the row's source partition when the row was read. Lateness is
  /// judged by it (see ARCHITECTURE.md, Time), so that it can't depend on batches or workers.
  ColumnPtr watermark;
  ColumnPtr origin;          ///< int64: source index << 32 | partition, see `PackOrigin`
  ColumnPtr offset;          ///< int64: position in the partition
  ColumnPtr ingest_time;     ///< int64 us
  ColumnPtr payload;         ///< bytes: original record, up to the first exchange; views, no copy
  ColumnPtr record_key;      ///< bytes?: of the original record, as far as `payload` goes along
  ColumnPtr record_headers;  ///< bytes?: as runtime/connector/record_headers.h has them
  ColumnPtr op;              ///< bool physical (RowOp); only on upsert streams
  ColumnPtr routed_from;     ///< string: name of the stage that routed the row (late rows)
};

/// Number of hidden columns.
inline constexpr size_t kNumHiddenColumns = 10;

/// A hidden column by number, for code that treats all alike, and the type it is built with.
struct HiddenColumnDef {
  ColumnPtr HiddenColumns::*member;
  TypeKind type;
};
inline constexpr HiddenColumnDef kHiddenColumnDefs[kNumHiddenColumns] = {
    {&HiddenColumns::event_time, TypeKind::kTimestamp},
    {&HiddenColumns::watermark, TypeKind::kTimestamp},
    {&HiddenColumns::origin, TypeKind::kInt64},
    {&HiddenColumns::offset, TypeKind::kInt64},
    {&HiddenColumns::ingest_time, TypeKind::kTimestamp},
    {&HiddenColumns::payload, TypeKind::kBytes},
    {&HiddenColumns::record_key, TypeKind::kBytes},
    {&HiddenColumns::record_headers, TypeKind::kBytes},
    {&HiddenColumns::op, TypeKind::kBool},
    {&HiddenColumns::routed_from, TypeKind::kString},
};

/// What a row has of the record it was: dropped together.
inline bool IsOfRecord(ColumnPtr HiddenColumns::*member) {
  return member == &HiddenColumns::payload || member == &HiddenColumns::record_key ||
         member == &HiddenColumns::record_headers;
}

inline int64_t PackOrigin(uint32_t source, uint32_t partition) {
  return (static_cast<int64_t>(source) << 32) | static_cast<int64_t>(partition);
}
inline uint32_t OriginSource(int64_t origin) { return static_cast<uint32_t>(origin >> 32); }
inline uint32_t OriginPartition(int64_t origin) { return static_cast<uint32_t>(origin); }

/// Rows on their way through the operators: shared immutable columns plus an optional selection.
/// Cheap to copy. Target size kBatchRows rows or 1 MiB, whichever comes first.
class RecordBatch {
 public:
  RecordBatch() = default;
  RecordBatch(SchemaPtr schema, std::vector<ColumnPtr> columns, uint32_t capacity,
              HiddenColumns hidden = {});

  const SchemaPtr& schema() const { return schema_; }
  int num_columns() const { return static_cast<int>(columns_.size()); }
  const ColumnPtr& column(int index) const { return columns_[static_cast<size_t>(index)]; }
  const std::vector<ColumnPtr>& columns() const { return columns_; }
  const HiddenColumns& hidden() const { return hidden_; }
  HiddenColumns& mutable_hidden() { return hidden_; }

  /// Length of every column; row numbers are below it.
  uint32_t capacity() const { return capacity_; }
  /// Rows that are really there (selected).
  uint32_t num_rows() const {
    return selection_ ? static_cast<uint32_t>(selection_->size()) : capacity_;
  }
  bool empty() const { return num_rows() == 0; }
  RowSet rows() const { return selection_ ? RowSet::Of(*selection_) : RowSet::All(capacity_); }

  /// The same columns with other rows selected (indices into the columns, sorted).
  RecordBatch WithSelection(std::shared_ptr<const RowIndices> selection) const;
  RecordBatch WithSelection(RowIndices selection) const {
    return WithSelection(std::make_shared<const RowIndices>(std::move(selection)));
  }
  /// The same rows with other declared columns.
  RecordBatch WithColumns(SchemaPtr schema, std::vector<ColumnPtr> columns) const;

  /// Only the selected rows, copied together; hidden columns too (payload dropped unless asked).
  /// Strings stay views into the memory of this batch.
  RecordBatch Compact(bool keep_payload = true) const;

  size_t ByteSize() const;
  /// Rows as JSON lines; for tests and the console.
  std::string ToJsonLines() const;

 private:
  SchemaPtr schema_;
  std::vector<ColumnPtr> columns_;
  HiddenColumns hidden_;
  std::shared_ptr<const RowIndices> selection_;
  uint32_t capacity_ = 0;
};

inline constexpr uint32_t kBatchRows = 2048;

}  // namespace weir
