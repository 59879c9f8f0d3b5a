#pragma once

#include <cstdint>

#include "runtime/base/clock.h"

namespace weir {

/// A stream element that is not rows. Travels in the same queues and calls as the batches, so its
/// place among them is fixed by construction.
struct Control {
  enum class Kind : uint8_t {
    kWatermark,  ///< no row that follows is older (in event time), but for late ones
    kIdle,       ///< the input doesn't hold back watermarks until it is active again
    kActive,
    kBarrier,  ///< checkpoint `epoch`: everything before belongs to it
    kEnd,      ///< no rows follow (barriers may)
  };
  Kind kind = Kind::kWatermark;
  Micros watermark = kMinTimestamp;
  uint64_t epoch = 0;

  static Control Watermark(Micros time) { return {Kind::kWatermark, time, 0}; }
  static Control Status(bool idle) {
    return {idle ? Kind::kIdle : Kind::kActive, kMinTimestamp, 0};
  }
  static Control Barrier(uint64_t epoch) { return {Kind::kBarrier, kMinTimestamp, epoch}; }
  static Control End() { return {Kind::kEnd, kMinTimestamp, 0}; }
};

}  // namespace weir
