#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "runtime/checkpoint/checkpoint_coordinator.h"
#include "runtime/exec/job_signals.h"
#include "runtime/exec/ledger_report.h"
#include "runtime/exec/worker.h"

namespace weir {

/// Decides when barriers go out, commits them, lets sinks deliver, and ends the job: after the last
/// input has ended, or on request, a final barrier for each depth of sinks (rows that a sink
/// refuses may go to another one). Never blocks; called by the thread that runs the job.
class JobCoordinator {
 public:
  JobCoordinator(const plan::PhysicalPlan* plan, std::vector<Worker*> workers, JobSignals* signals,
                 CheckpointCoordinator* checkpoints, Micros checkpoint_every);

  /// Does what can be done now; true when it did something.
  bool Advance(Micros now);
  /// Drains: no more is read; what is inside is stored and delivered; windows stay open.
  /// Targets get kDrainTime to take what is frozen.
  void Stop(Micros now);
  /// A checkpoint as soon as possible (tests, savepoints).
  void RequestCheckpoint() { requested_ = true; }

  bool done() const { return done_; }
  bool busy() const { return under_way_ || delivering_ || requested_; }
  const Status& failure() const { return failure_; }
  /// Clock time of the next barrier; kMaxTimestamp: none planned.
  Micros next_checkpoint() const { return next_; }
  int64_t committed() const { return committed_; }

 private:
  bool FindFailure();
  bool GiveUp(Micros now);
  void Begin();
  void Commit();
  bool CheckLedgers(const NodeAccounts& accounts);
  bool FinalStageReady() const;
  void NotifyWorkers();

  const plan::PhysicalPlan* plan_;
  std::vector<Worker*> workers_;
  JobSignals* signals_;
  CheckpointCoordinator* checkpoints_;
  const Micros every_;
  Micros next_ = kMaxTimestamp;
  bool started_ = false;
  bool requested_ = false;
  bool stopping_ = false;
  bool under_way_ = false;
  bool delivering_ = false;
  Micros drained_by_ = kMaxTimestamp;
  bool final_ = false;  ///< the barrier under way is one of the last
  bool done_ = false;
  int stage_ = 0;  ///< depth of sinks that the next final barrier ends
  int deepest_ = 0;
  uint64_t epoch_ = 0;
  int64_t committed_ = 0;
  Status failure_;
};

/// Where a checkpoint keeps the books of the nodes.
inline constexpr char kLedgerOperator[] = "@ledger";
inline constexpr char kLedgerSlot[] = "accounts";

}  // namespace weir
