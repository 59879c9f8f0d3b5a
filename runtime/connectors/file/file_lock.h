#pragma once

#include <string>

#include "runtime/base/status.h"

namespace weir {

/// Keeps other processes from writing a file: an advisory lock on the file itself, which the system
/// gives back when the process ends, however it ends.
class FileLock {
 public:
  FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  /// Whoever waits for the file gets it; it is not removed.
  ~FileLock();

  /// Makes the file when it is not there. kAlreadyExists: somebody else has the lock. On a file
  /// system without locks nothing is locked.
  Status Take(const std::string& path);

 private:
  int file_ = -1;
};

}  // namespace weir
