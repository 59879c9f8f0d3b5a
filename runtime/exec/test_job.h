#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/exec/memory_connectors.h"
#include "runtime/exec/seeded_scheduler.h"
#include "runtime/exec/stream_capture.h"
#include "runtime/operators/ledger.h"
#include "runtime/state/state_backend.h"

namespace weir {

class Job;

/// A pipeline in a test's hands (`flowc test`, `.test` files): the plan as it would run, but its
/// sources, tables, clock and schedule belong to the test. The plan must keep the streams that the
/// test looks into.
class TestJob {
 public:
  struct Options {
    uint32_t workers = 1;
    uint32_t batch_rows = kBatchRows;
    size_t channel_bytes = size_t{4} << 20;
    size_t state_memory = 0;  ///< JobOptions::state_memory
    size_t partitions = 1;    ///< of each source
    uint64_t seed = 1;
    /// Not empty: whenever the job has something to do it is interrupted: it commits a checkpoint
    /// somewhere on the way, goes on for a while, dies with all that came out of it since, and is
    /// restored from that checkpoint with the next of these numbers of workers.
    std::vector<uint32_t> crash_workers;
  };

  TestJob(std::shared_ptr<const plan::PhysicalPlan> plan, Options options);
  ~TestJob();

  /// Where the clock starts; before the first Run. Without it: where the first Advance says.
  void StartClockAt(Micros time);
  bool clock_started() const { return clock_started_; }
  Micros now() const { return clock_.Now(); }

  // Inputs; they are read by the next Run or Advance.
  void Give(const std::string& source, std::string record);
  void GiveTable(const std::string& table, std::string record);

  /// Until nothing can be done at the clock's present time.
  Status Run();
  /// Moves the clock to `time`, from timer to timer; at each stop every source acts as if it saw a
  /// heartbeat, then everything that can happen does.
  Status AdvanceTo(Micros time);
  /// Snapshots, destroys the job, and goes on from the snapshot with (other) `workers`.
  Status Restart(std::optional<uint32_t> workers = std::nullopt);
  /// The inputs end: final watermark, all windows and sessions close, sinks deliver.
  Status End();

  /// What came through a declared stream (or view, source) since the test began.
  const StreamCapture& capture() const { return capture_; }
  const plan::PhysicalPlan& plan() const { return *plan_; }
  /// Schema of a declared stream; null when there is no such stream.
  SchemaPtr StreamSchema(const std::string& stream) const;
  std::vector<NamedLedger> Ledgers() const;
  std::string CheckLedgers() const;

 private:
  Status Build();
  Status Checkpoint();
  /// All that can be done at the clock's present time. `heartbeat`: sources have had one, which a
  /// crash forgets.
  Status Settle(bool heartbeat);
  Status Crash(bool heartbeat);
  /// Runs until the checkpoint asked for is committed.
  Status Commit();
  void Heartbeat();

  std::shared_ptr<const plan::PhysicalPlan> plan_;
  Options options_;
  ManualClock clock_;
  bool clock_started_ = false;
  bool tables_changed_ = false;
  MemoryConnectors connectors_;
  StreamCapture capture_;
  std::unique_ptr<StateBackend> state_;
  std::unique_ptr<Job> job_;
  std::unique_ptr<SeededScheduler> scheduler_;
  std::mt19937_64 random_;  ///< when crashes happen
  size_t crashes_ = 0;
};

}  // namespace weir
