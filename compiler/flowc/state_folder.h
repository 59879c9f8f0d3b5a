#pragma once

#include <string>

#include "runtime/base/status.h"

namespace weir::flowc {

/// The folder given by --state: made, writable, and locked for this process, so that two runs never
/// share one.
class StateFolder {
 public:
  StateFolder() = default;
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  Status Open(const std::string& path);

 private:
  int lock_ = -1;
};

}  // namespace weir::flowc
