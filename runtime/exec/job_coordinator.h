#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "runtime/checkpoint/checkpoint_coordinator.h"
#include "runtime/checkpoint/committer.h"
#include "runtime/checkpoint/mute_stop.h"
#include "runtime/exec/job_signals.h"
#include "runtime/exec/ledger_report.h"
#include "runtime/exec/worker.h"

namespace weir {

/// Decides when barriers go out, has them committed, lets sinks deliver, and ends the job: after
/// the last input has ended, or on request, a final barrier for each depth of sinks (rows that a
/// sink refuses may go to another one). Never blocks while the committer has a thread; called by
/// the thread that runs the job.
///
/// A commit that fails for want of room or by a failing disk does not end the job: sources pause,
/// and the next barrier tries again.
class JobCoordinator {
 public:
  JobCoordinator(const plan::PhysicalPlan* plan, std::vector<Worker*> workers, JobSignals* signals,
                 CheckpointCoordinator* checkpoints, Committer* committer, Micros checkpoint_every);

  /// Ends each of `stops`, which must outlive it, by a barrier when all sources have reached it.
  void StopAt(const std::vector<MuteStop>* stops) { stops_ = stops; }

  /// Does what can be done now; true when it did something.
  bool Advance(Micros now);
  /// Drains: no more is read; what is inside is stored and delivered; windows stay open.
  /// Targets get kDrainTime to take what is frozen.
  void Stop(Micros now);
  /// A checkpoint as soon as possible (tests, savepoints).
  void RequestCheckpoint() { requested_ = true; }

  bool done() const { return done_; }
  bool busy() const { return under_way_ || committing_ || delivering_ || requested_; }
  const Status& failure() const { return failure_; }
  /// Clock time of the next barrier; kMaxTimestamp: none planned.
  Micros next_checkpoint() const { return next_; }
  int64_t committed() const { return committed_; }
  int64_t failed_checkpoints() const { return checkpoints_->failed(); }
  /// How long each barrier held up rows on the worker that it held up most, the newest last.
  const std::deque<Micros>& pauses() const { return pauses_; }

 private:
  bool FindFailure();
  bool GiveUp(Micros now);
  void Begin(bool ends_stop);
  void Commit(Micros now);
  bool FinishCommit(Micros now);
  void NoteFailedCommit(const Status& status, Micros now);
  bool CheckLedgers(const NodeAccounts& accounts, Micros now);
  bool FinalStageReady() const;
  bool StopReached() const;
  bool LookAfterDelayed(Micros now);
  std::set<std::string> EndedSinks() const;
  void NotifyWorkers();

  const plan::PhysicalPlan* plan_;
  std::vector<Worker*> workers_;
  JobSignals* signals_;
  CheckpointCoordinator* checkpoints_;
  Committer* committer_;
  const Micros every_;
  Micros next_ = kMaxTimestamp;
  bool started_ = false;
  bool requested_ = false;
  bool stopping_ = false;
  bool under_way_ = false;   ///< workers align it
  bool committing_ = false;  ///< the committer has it
  bool delivering_ = false;
  std::deque<Micros> pauses_;
  int failures_ = 0;           ///< commits in a row
  bool books_failed_ = false;  ///< the last checkpoint's ledger did not add up
  bool plan_stored_ = false;   ///< this run has put the plan into a commit
  std::string reported_violation_;
  bool looking_ = false;  ///< the committer looks after sinks that wait for others
  Micros next_look_ = kMinTimestamp;
  Micros drained_by_ = kMaxTimestamp;
  bool final_ = false;  ///< the barrier under way is one of the last
  bool done_ = false;
  const std::vector<MuteStop>* stops_ = nullptr;
  size_t next_stop_ = 0;
  int stage_ = 0;  ///< depth of sinks that the next final barrier ends
  int deepest_ = 0;
  uint64_t epoch_ = 0;
  int64_t committed_ = 0;
  Status failed_commit_;  ///< the last one
  Status failure_;
};

/// Where a checkpoint keeps the books of the nodes.
inline constexpr char kLedgerOperator[] = "@ledger";
inline constexpr char kLedgerSlot[] = "accounts";

}  // namespace weir
