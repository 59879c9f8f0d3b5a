#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/connector/sink_connector.h"

namespace weir {

/// The barrier from which on muted sinks send; UINT64_MAX: it has not begun. Set by the thread that
/// runs the job, before the barrier.
using UnmuteBarrier = std::atomic<uint64_t>;

/// A mark of another state, or of a later one than this, that somebody has said is to be accepted.
/// Each commit holds it until the sink has a mark of its own, so that the next start need not be
/// told again, and goes on muting where this one stopped.
struct AcceptedMark {
  std::string sink;  ///< name of its node
  SinkMark mark;
  /// The sink sends nothing before; null: it was never muted.
  std::shared_ptr<const UnmuteBarrier> unmuted_at;

  bool IsMutedAfter(uint64_t epoch) const {
    return unmuted_at != nullptr && unmuted_at->load(std::memory_order_acquire) > epoch;
  }
  /// As of the commit `epoch`: `accepted INCARNATION EPOCH`, `muted INCARNATION EPOCH POSITIONS`.
  std::string ToText(uint64_t epoch) const;
};

/// What an earlier run has written of it.
struct StoredAcceptedMark {
  bool muted = false;
  SinkMark mark;

  /// DataLoss.
  static Result<StoredAcceptedMark> FromText(std::string_view text);
};

}  // namespace weir
