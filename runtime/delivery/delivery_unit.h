#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/vector/record_batch.h"

namespace weir {

/// What is sent as one. Attempts after the first send the same name and bytes.
struct DeliveryUnit {
  uint64_t number = 0;  ///< counts up within a lane
  std::string name;     ///< pipeline/sink/incarnation/lane/unit: what targets recognise repeats by
  std::string bytes;    ///< in the target's encoding
  /// The rows that `bytes` hold, so that those the target refuses can be handed back.
  std::vector<RecordBatch> batches;
  int64_t rows = 0;
  int64_t memory = 0;  ///< bytes held while it waits, for the budget
};

}  // namespace weir
