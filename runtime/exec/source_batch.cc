// SourceTask: records of a chunk as a batch with its hidden columns.
#include <algorithm>
#include <string_view>

#include "runtime/exec/source_task.h"

namespace weir {
namespace {

/// Keys or headers of a chunk as a column; null where it has none.
ColumnPtr OfRecords(const RecordChunk& chunk, const std::vector<std::string_view>& texts) {
  if (texts.empty()) return nullptr;
  const auto count = static_cast<uint32_t>(chunk.size());
  MutableColumnPtr column = Column::Make(DataType::Bytes().AsOptional(), count);
  for (uint32_t i = 0; i < count; ++i) {
    if (i < texts.size() && texts[i].data() != nullptr) {
      column->mutable_data<std::string_view>()[i] = texts[i];
    } else {
      column->SetNull(i);
    }
  }
  for (const auto& owner : chunk.owners) column->AddOwner(owner);
  return column;
}

ColumnPtr Int64Column(const std::vector<int64_t>& values) {
  MutableColumnPtr column = Column::Make(DataType::Int64(), static_cast<uint32_t>(values.size()));
  std::copy(values.begin(), values.end(), column->mutable_data<int64_t>());
  return column;
}

}  // namespace

RecordBatch SourceTask::MakeBatch(const SourcePartition& partition, const RecordChunk& chunk,
                                  Micros now) {
  const auto count = static_cast<uint32_t>(chunk.size());
  HiddenColumns hidden;
  hidden.origin =
      Column::Constant(Value::Int64(PackOrigin(node_.source_index, partition.index)), count);
  hidden.offset = Int64Column(chunk.offsets);
  hidden.ingest_time = chunk.ingest_times.empty()
                           ? Column::Constant(Value::Timestamp(now), count)
                           : Column::Retype(Int64Column(chunk.ingest_times), DataType::Timestamp());
  MutableColumnPtr payload = Column::Make(DataType::Bytes(), count);
  std::copy(chunk.records.begin(), chunk.records.end(), payload->mutable_data<std::string_view>());
  for (const auto& owner : chunk.owners) payload->AddOwner(owner);
  hidden.payload = std::move(payload);
  hidden.record_key = OfRecords(chunk, chunk.keys);
  hidden.record_headers = OfRecords(chunk, chunk.headers);
  return RecordBatch(node_.schema, std::move(columns_), count, std::move(hidden));
}

}  // namespace weir
