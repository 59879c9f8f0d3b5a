#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "runtime/base/result.h"
#include "runtime/checkpoint/mute_stop.h"
#include "runtime/exec/job_coordinator.h"
#include "runtime/exec/job_options.h"
#include "runtime/operators/view_rows.h"

namespace weir {

class SinkConnector;
class SourceConnector;
class TableRefresher;

/// A source as people see it while the job runs.
struct SourceStatus {
  std::string name;
  Micros watermark = kMinTimestamp;  ///< the slowest worker's
  bool idle = false;
  bool ended = false;
};

/// A plan that is ready to run, or runs. A scheduler (ThreadScheduler, SeededScheduler) drives it.
///
/// Life: Build -> Start -> (scheduler) -> Close. Build, Start, Close and everything without a
/// remark: one thread. RequestStop, LiveLedgers, LiveSources, view_rows: any thread.
class Job {
 public:
  /// Opens connectors, loads tables, makes one instance of every node per worker, and restores them
  /// when `options.state` holds a commit.
  static Result<std::unique_ptr<Job>> Build(std::shared_ptr<const plan::PhysicalPlan> plan,
                                            JobOptions options);
  ~Job();

  Status Start();
  /// Closes sinks and connectors; after the scheduler has returned.
  Status Close();

  JobCoordinator& coordinator() { return *coordinator_; }
  Committer& committer() { return *committer_; }
  JobSignals& signals() { return *signals_; }
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }
  const Clock& clock() const { return *options_.clock; }
  const JobOptions& options() const { return options_; }
  const plan::PhysicalPlan& plan() const { return *plan_; }
  /// Work of the running thread besides the coordinator's: table refreshes.
  Status Housekeeping(Micros now);
  /// Reads every table again, due or not.
  Status ReloadTables();

  void RequestStop() { stop_requested_.store(true, std::memory_order_release); }
  bool stop_requested() const { return stop_requested_.load(std::memory_order_acquire); }

  /// Exact books: when nothing runs (before Start, at a test's quiescence, at the end).
  NodeAccounts Accounts() const;
  std::vector<NamedLedger> Ledgers() const { return NameLedgers(*plan_, Accounts()); }
  /// "" or what is violated; nothing may be in flight.
  std::string CheckLedgers() const { return CheckAccounts(*plan_, Accounts()); }

  /// Asks the workers for a fresh copy of their books and returns the last ones; any thread, no
  /// lock on the workers' way.
  std::vector<NamedLedger> LiveLedgers();
  std::vector<SourceStatus> LiveSources();
  /// Null when there is no such view.
  std::shared_ptr<ViewRows> view_rows(const std::string& view) const;
  std::vector<std::string> view_names() const;

 private:
  friend class JobBuilder;
  Job();

  std::shared_ptr<const plan::PhysicalPlan> plan_;
  JobOptions options_;
  std::unique_ptr<JobSignals> signals_;
  std::unique_ptr<CheckpointCoordinator> checkpoints_;
  std::vector<MuteStop> stops_;
  std::vector<std::string> source_names_;
  std::vector<std::pair<std::string, std::unique_ptr<SourceConnector>>> sources_;
  std::vector<std::pair<std::string, std::unique_ptr<SinkConnector>>> sinks_;
  std::vector<std::unique_ptr<TableRefresher>> tables_;
  std::vector<std::pair<std::string, std::shared_ptr<ViewRows>>> views_;
  std::vector<std::unique_ptr<ExchangeChannel>> channels_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Committer> committer_;  ///< uses the sinks
  std::unique_ptr<JobCoordinator> coordinator_;
  std::atomic<bool> stop_requested_{false};
};

}  // namespace weir
