#include "runtime/connector/source_connector.h"

namespace weir {

void RecordChunk::Clear() {
  records.clear();
  offsets.clear();
  ingest_times.clear();
  truncated.clear();
  tombstones.clear();
  keys.clear();
  headers.clear();
  owners.clear();
  header = {};
}

void RecordChunk::Truncate(size_t count) {
  records.resize(count);
  offsets.resize(count);
  if (ingest_times.size() > count) ingest_times.resize(count);
  if (keys.size() > count) keys.resize(count);
  if (headers.size() > count) headers.resize(count);
  std::erase_if(truncated, [count](const auto& entry) { return entry.first >= count; });
  std::erase_if(tombstones, [count](size_t index) { return index >= count; });
}

Result<int64_t> PartitionReader::OffsetBefore(std::string_view) const {
  return UnimplementedError("this connector cannot read up to a given position");
}

void RecordChunk::SetKey(std::string_view key) {
  keys.resize(records.size());
  keys.back() = key;
}

void RecordChunk::SetHeaders(std::string_view list) {
  headers.resize(records.size());
  headers.back() = list;
}

}  // namespace weir
