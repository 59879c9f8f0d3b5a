#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/status.h"

namespace weir::flowc {

/// Where a pipeline is without --state: `.weir/<pipeline>`, in the working directory.
std::string DefaultStateFolder(const std::string& pipeline);

/// The folder of one run: made, writable, and locked for this process, so that two runs never share
/// one, and none finds its store opened by a query. A default folder in which nothing is to be kept
/// goes away with the run.
class StateFolder {
 public:
  /// Who takes the folder: a run keeps it, a query only opens the store that a run left.
  enum class Use : uint8_t { kRun, kQuery };

  StateFolder() = default;
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  /// Waits for queries that have it, a minute at most. FailedPrecondition: another run has it, or a
  /// query all that time; the message names the process.
  Status Open(const std::string& path, Use use = Use::kRun);
  /// From now on the folder is removed at the end, with its lock, if nothing else is in it.
  void RemoveAtEnd() { remove_ = true; }

  bool is_open() const { return lock_ >= 0; }
  const std::string& path() const { return path_; }

 private:
  Status Lock(const std::string& path, Use use);

  std::string path_;
  int lock_ = -1;
  bool remove_ = false;
};

}  // namespace weir::flowc
