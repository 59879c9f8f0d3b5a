#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/metrics/process_usage.h"
#include "runtime/operators/ledger.h"

namespace weir::flowc {

/// What `flowc run --summary` writes; scripts rely on the names.
struct RunSummary {
  std::string pipeline;
  std::string profile;
  uint32_t workers = 1;
  int64_t events = 0;          ///< records read from all sources by this run
  int64_t earlier_events = 0;  ///< … by those before it that made its state
  double seconds = 0;          ///< wall clock, from start to the last delivery
  ProcessUsage usage;
  int64_t checkpoints = 0;
  int64_t failed_checkpoints = 0;
  std::vector<int64_t> pauses;  ///< of the last barriers, in microseconds, sorted
  std::string error;            ///< "" when the run succeeded
  std::vector<NamedLedger> operators;

  std::string ToJson() const;
};

}  // namespace weir::flowc
