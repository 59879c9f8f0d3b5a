#pragma once

#include <string>

#include "runtime/base/status.h"

namespace weir {

/// Two sinks of a process must not write to one place: each claims it as long as it lives.
class OutputClaim {
 public:
  OutputClaim() = default;
  OutputClaim(const OutputClaim&) = delete;
  OutputClaim& operator=(const OutputClaim&) = delete;
  ~OutputClaim();

  /// Fails when another claim holds `path`.
  Status Take(const std::string& path);

 private:
  std::string path_;
};

}  // namespace weir
