#pragma once

#include <vector>

#include "runtime/base/status.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/delivery/delivery_unit.h"

namespace weir {

/// Where a lane sends its units. Called by the lane's thread, one call at a time.
class DeliveryTarget {
 public:
  virtual ~DeliveryTarget() = default;
  /// One attempt. Ok: the target has the unit for good, apart from the rows in `refused`. Failures
  /// that IsRetryable, and IoError, are tried again for as long as it takes, with `refused` empty
  /// again; parts that arrived must not count twice then. Any other failure ends the lane.
  virtual Status Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) = 0;
};

}  // namespace weir
