#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/state/snapshot_manifest.h"
#include "runtime/state/snapshot_store.h"
#include "runtime/state/state_directory.h"

namespace weir {

/// A file that belongs to a commit beside the store: an outbox segment, a run.
struct SnapshotFile {
  std::string source;
  std::string path;      ///< in the snapshot, and in a state folder that is made from it
  bool is_final = true;  ///< never written again: it may be hard-linked
};

struct SnapshotRequest {
  std::string flow_text;
  std::map<std::string, int> codec_versions;
  /// What belongs to this commit; called while no other commit starts, so it must be quick. The
  /// files must stay until it returns and, when not final, may only grow.
  std::function<Result<std::vector<SnapshotFile>>(const CommitRecord&)> files;
  const Clock* clock = nullptr;  ///< null: the system's
};

/// A portable copy of the last commit, in the store when it returns. Beside running commits, on any
/// thread but the committing one.
Result<SnapshotManifest> TakeSnapshot(StateDirectory& state, SnapshotStore& store,
                                      const SnapshotRequest& request);

/// What is wrong with the files of the snapshot in `folder`, one line each, by size and checksum;
/// empty: nothing. DataLoss, NotFound: its manifest is damaged or absent.
Result<std::vector<std::string>> FindSnapshotProblems(const std::string& folder);
/// The same as one failure that names the first few.
Status VerifySnapshot(const std::string& folder);

/// Makes the state folder `to` from a snapshot, under a new incarnation, after verifying it;
/// returns the new identity. FailedPrecondition: `to` has state already. A restore that was cut
/// short is begun anew by the next.
/// `known`: the codec versions that this program reads, null: not compared; FailedPrecondition: the
/// snapshot has another part, or one of a newer version.
Result<StateIdentity> RestoreSnapshot(const std::string& snapshot, const std::string& to,
                                      const Clock* clock = nullptr,
                                      const std::map<std::string, int>* known = nullptr);

/// Removes all but the newest `keep`; returns the names of those removed.
Result<std::vector<std::string>> PruneSnapshots(SnapshotStore& store, size_t keep);

}  // namespace weir
