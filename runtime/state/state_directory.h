#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/state/rocksdb_state_backend.h"

namespace weir {

/// Whose state a folder holds: `state.json` in it.
struct StateIdentity {
  std::string pipeline;
  /// 16 hex digits; another one for each state that is made from nothing or from a snapshot, so
  /// that targets can tell it from a continuation (guarantees.md rule 6).
  std::string incarnation;
  Micros made = 0;
  /// Name of the snapshot that it came from, "" when made from nothing.
  std::string from_snapshot;
  /// Of the state that the snapshot was taken of; "", 0: not known.
  std::string from_incarnation = {};
  uint64_t from_epoch = 0;

  static std::string PathIn(const std::string& folder) { return folder + "/state.json"; }
  /// NotFound: there is none. DataLoss: it is damaged. FailedPrecondition: a newer format.
  static Result<StateIdentity> Read(const std::string& folder);
  /// Durable when it returns.
  Status Write(const std::string& folder) const;
  /// New and random.
  static Result<std::string> NewIncarnation();
};

/// The state folder of one pipeline, open for this process:
///   state.json, db/, last_epoch, scratch/ (emptied at the start), outbox/, snapshots/
/// beside whatever else `flowc run` keeps there.
class StateDirectory {
 public:
  /// Made when absent. FailedPrecondition: it belongs to another pipeline, a newer version wrote
  /// it, another process has it open, or a restore into it is unfinished. DataLoss: parts of it are
  /// damaged or missing; nothing is made anew in their place.
  static Result<std::unique_ptr<StateDirectory>> Open(const std::string& folder,
                                                      const std::string& pipeline,
                                                      const RocksDbStateOptions& options = {});

  const std::string& folder() const { return folder_; }
  const std::string& pipeline() const { return identity_.pipeline; }
  const std::string& incarnation() const { return identity_.incarnation; }
  const StateIdentity& identity() const { return identity_; }
  /// Made by this call of Open.
  bool is_new() const { return is_new_; }
  DurableStateBackend& backend() { return *backend_; }
  const DurableStateBackend& backend() const { return *backend_; }

  std::string outbox() const { return folder_ + "/outbox"; }
  std::string scratch() const { return folder_ + "/scratch"; }
  std::string snapshots() const { return folder_ + "/snapshots"; }

  /// There while a snapshot is being restored into a folder.
  static std::string UnfinishedMark(const std::string& folder) { return folder + "/restoring"; }

 private:
  StateDirectory(std::string folder, StateIdentity identity, bool is_new,
                 std::unique_ptr<DurableStateBackend> backend)
      : folder_(std::move(folder)),
        identity_(std::move(identity)),
        is_new_(is_new),
        backend_(std::move(backend)) {}

  const std::string folder_;
  const StateIdentity identity_;
  const bool is_new_;
  const std::unique_ptr<DurableStateBackend> backend_;
};

}  // namespace weir
