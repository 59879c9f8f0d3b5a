#include "runtime/connector/source_connector.h"

namespace weir {

void RecordChunk::Clear() {
  records.clear();
  offsets.clear();
  ingest_times.clear();
  truncated.clear();
  tombstones.clear();
  owners.clear();
  header = {};
}

}  // namespace weir
