#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/connectors/generator/random.h"

namespace weir {

/// What a model is made from; one instance per partition.
struct ModelSettings {
  uint64_t seed = 0;
  uint64_t users = 0;
  uint32_t partition = 0;
  uint32_t partitions = 1;
};

/// One record to be made.
struct RecordRequest {
  uint64_t number = 0;   ///< in its partition, from 0
  Micros time = 0;       ///< event time by the sequence
  Micros behind = 0;     ///< how much further back the record says it happened (late records)
  bool invalid = false;  ///< make it one that must be rejected
};

/// Makes the records of one partition, in order. One thread.
class RecordModel {
 public:
  virtual ~RecordModel() = default;
  /// Appends one JSON object without a line end.
  virtual void Append(const RecordRequest& request, std::string& out) = 0;
};

}  // namespace weir
