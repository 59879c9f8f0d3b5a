#pragma once

#include <string>

#include "runtime/base/status.h"

namespace weir::flowc {

/// Where a pipeline is without --state: `.weir/<pipeline>`, in the working directory.
std::string DefaultStateFolder(const std::string& pipeline);

/// The folder of one run: made, writable, and locked for this process, so that two runs never share
/// one. A default folder in which nothing is to be kept goes away with the run.
class StateFolder {
 public:
  StateFolder() = default;
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  /// FailedPrecondition: another run has it; the message names its process.
  Status Open(const std::string& path);
  /// From now on the folder is removed at the end, with its lock, if nothing else is in it.
  void RemoveAtEnd() { remove_ = true; }

  bool is_open() const { return lock_ >= 0; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int lock_ = -1;
  bool remove_ = false;
};

}  // namespace weir::flowc
