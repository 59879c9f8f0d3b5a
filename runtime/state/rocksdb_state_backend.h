#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/state/state_backend.h"

namespace weir {

enum class StateCompression : uint8_t { kNone, kLz4, kZstd };

struct RocksDbStateOptions {
  size_t block_cache_bytes = 64 * 1024 * 1024;
  size_t write_buffer_bytes = 64 * 1024 * 1024;
  /// Falls back to none where the library was built without it.
  StateCompression compression = StateCompression::kLz4;
  /// From this size on a commit is written as sorted files instead of through the log.
  size_t bulk_bytes = 4 * 1024 * 1024;
  /// False: nothing is compacted and no thread looks after it, so that what is written depends on
  /// the calls alone (the simulation).
  bool background_work = true;
  /// Tells when a commit was made; null: the system's.
  const Clock* clock = nullptr;
};

/// A StateBackend on disk that can be copied while it runs.
class DurableStateBackend : public StateBackend {
 public:
  /// Copies the last commit into the new folder `<to>/db`; files are hard-linked where that is
  /// possible. `at_commit` is called while no other commit can start: what else belongs to this one
  /// can be pinned there, quickly. Commits wait for milliseconds, not for the copy of much. Returns
  /// the commit that was copied.
  virtual Result<CommitRecord> CopyTo(
      const std::string& to, const std::function<Status(const CommitRecord&)>& at_commit) = 0;
  /// Reads everything; DataLoss names the damaged or missing file.
  virtual Status Verify() const = 0;
  /// Bytes of the store's files.
  virtual uint64_t DiskBytes() const = 0;
};

/// The state in `<folder>/db`, made when `folder` has none. `<folder>/scratch` holds files of
/// commits under way; what is left in it is removed. DataLoss: a file is damaged or missing, named;
/// nothing is ever made anew in place of what is lost. FailedPrecondition: another process has it
/// open, or a newer version wrote it.
Result<std::unique_ptr<DurableStateBackend>> OpenRocksDbStateBackend(
    const std::string& folder, const RocksDbStateOptions& options = {});

/// The same for reading only, also while another process runs on it: shows what was committed when
/// it was opened. NotFound: there is no state.
Result<std::unique_ptr<DurableStateBackend>> OpenRocksDbStateReader(
    const std::string& folder, const RocksDbStateOptions& options = {});

}  // namespace weir
