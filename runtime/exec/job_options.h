#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/checkpoint/sink_delivery.h"
#include "runtime/exec/output.h"

namespace weir {

class JobConnectors;
class Outbox;
class StateBackend;

/// How a plan is run. Pointers must outlive the job.
struct JobOptions {
  uint32_t workers = 1;
  uint32_t batch_rows = kBatchRows;
  size_t channel_bytes = size_t{4} << 20;  ///< rows that may wait in one queue between two workers
  const Clock* clock = nullptr;
  JobConnectors* connectors = nullptr;
  /// Where checkpoints go; null: barriers freeze and deliver sinks and check ledgers, no more.
  StateBackend* state = nullptr;
  /// Bytes that wait for targets, open; with `state` only. Null: sinks have none.
  std::shared_ptr<Outbox> outbox;
  Micros checkpoint_every = kMicrosPerSecond;  ///< 0: only at the end
  std::string incarnation;
  /// Start although a target's mark does not fit the state: rows may be repeated there.
  bool accept_resend = false;
  /// … read again what the target has already and send nothing of it.
  bool mute_until_mark = false;
  /// When rows of a commit may go to targets; none: at once.
  ReleaseRule release;
  /// The state that `state` was restored from a snapshot of, and at which epoch; "": none.
  std::string origin_incarnation;
  uint64_t origin_epoch = 0;
  /// Bytes that keyed state may take in memory, with `state` only; 0: all of it stays there, and so
  /// it must in all runs on this state, since what finds rows on disk by their time is not kept.
  size_t state_memory = 0;
  int64_t generation = 1;
  bool verify_state = false;  ///< tests: OperatorContext::verify_state
  /// Looks into a declared stream on one worker: called while building; null result: no tap.
  std::function<std::unique_ptr<Output>(const std::string& stream, uint32_t worker)> make_tap;
};

}  // namespace weir
