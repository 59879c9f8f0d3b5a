#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/state/snapshot_manifest.h"

namespace weir {

/// Where snapshots are kept. One is either there, complete, or not at all. Names sort by the time
/// when they were taken. Used by one thread at a time.
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;

  /// An empty local folder to fill. What an earlier process left half filled is removed.
  virtual Result<std::string> Stage() = 0;
  /// Makes what is in the staged folder durable under `name`, its manifest last.
  virtual Status Publish(const std::string& staged, const std::string& name) = 0;
  /// Complete ones, oldest first.
  virtual Result<std::vector<std::string>> List() const = 0;
  /// A local folder with the snapshot's files, to read from.
  virtual Result<std::string> Fetch(const std::string& name) const = 0;
  virtual Status Remove(const std::string& name) = 0;
};

/// In sub-folders of `folder`, which is made when it is first used.
std::unique_ptr<SnapshotStore> MakeDirectorySnapshotStore(const std::string& folder);

}  // namespace weir
