#pragma once

#include <memory>
#include <string>

#include "compiler/plan/physical_plan.h"
#include "tests/simulation/fault_disk.h"
#include "tests/simulation/pipelines.h"
#include "tests/simulation/remote_target.h"

namespace weir {
class ConnectorRegistry;
}

namespace weir::simulation {

/// The choices of one life of the engine: from its start until it ends, fails or is killed.
struct LifePlan {
  uint64_t number = 0;
  uint64_t seed = 1;  ///< of its schedule
  uint32_t workers = 1;
  uint32_t batch_rows = 100;
  size_t channel_bytes = 1 << 20;
  Micros checkpoint_every = kMicrosPerSecond;
  int64_t outbox_bytes = 1 << 20;
  size_t bulk_bytes = 1 << 20;
  size_t state_memory = size_t{2} << 30;
  size_t partitions = 1;  ///< of `rows` that are there
  bool ends = true;       ///< the input does; else it is stopped (SIGTERM) if nothing else happens
  uint64_t kill_after = 0, stop_after = 0, usurp_after = 0;  ///< rounds; 0: never
  std::string kill_point;                                    ///< NAME:N
  bool starts_twice = false;                                 ///< a second start on the same folder
  bool only_starts = false;                                  ///< up to where it would begin to run
  std::string state = "state";
  DiskPlan disk;
  TargetPlan target;
  bool power_fails = false;  ///< when it is over

  std::string ToText() const;
};

/// What a life needs of the simulation.
struct LifeSetting {
  std::string root;
  std::shared_ptr<const plan::PhysicalPlan> plan;
  const Inputs* inputs = nullptr;
  const ConnectorRegistry* registry = nullptr;
  RemoteTarget* target = nullptr;
  Trail* trail = nullptr;
  BrokenRule broken = BrokenRule::kNone;
};

/// Runs the engine as `flowc run --state` does, on one thread with a clock of its own. In a process
/// that is there for nothing else; what it comes to is in the trail.
void RunLife(const LifeSetting& setting, const LifePlan& plan);

}  // namespace weir::simulation
