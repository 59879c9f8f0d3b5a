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

void RecordChunk::SetKey(std::string_view key) {
  keys.resize(records.size());
  keys.back() = key;
}

void RecordChunk::SetHeaders(std::string_view list) {
  headers.resize(records.size());
  headers.back() = list;
}

}  // namespace weir
