#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "compiler/plan/logical_plan.h"
#include "runtime/delivery/outbox.h"
#include "runtime/state/snapshot.h"

namespace weir::flowc {

/// Copies of a running pipeline's last commit: every so often, and on demand (savepoints, which are
/// never removed by it). Thread-safe.
class SnapshotService {
 public:
  /// All of them outlive it.
  SnapshotService(StateDirectory& state, Outbox& outbox, std::string flow_text,
                  const plan::LogicalPlan& plan);
  ~SnapshotService();
  SnapshotService(const SnapshotService&) = delete;
  SnapshotService& operator=(const SnapshotService&) = delete;

  /// Takes them from now on, if the settings ask for it.
  void Start();
  /// The last commit that a snapshot has; `last`: takes one of `committed` if none has it. What is
  /// asked before rows go out under `durability = snapshot`.
  Result<uint64_t> StoredUpTo(uint64_t committed, bool last);
  /// `to`: a folder of savepoints; "": `savepoints` in the state folder. Returns where it is.
  Result<std::string> TakeSavepoint(const std::string& to);
  /// Of the snapshots that are taken by the clock.
  const std::string& folder() const { return folder_; }

 private:
  void Loop();
  Status TakePeriodic();
  Result<std::string> Take(const std::string& folder, size_t keep);

  StateDirectory& state_;
  Outbox& outbox_;
  const std::string flow_text_;
  const std::map<std::string, int> codecs_;
  const std::string folder_;
  const Micros every_;
  const size_t kept_;
  std::mutex taking_;  ///< one at a time
  uint64_t taken_epoch_ = 0;
  std::atomic<uint64_t> stored_epoch_{0};  ///< by this process, not as a savepoint

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace weir::flowc
