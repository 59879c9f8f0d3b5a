#pragma once

#include <cstdint>

namespace weir {

/// What the operating system says the process has used so far.
struct ProcessUsage {
  double user_seconds = 0;
  double system_seconds = 0;
  int64_t peak_rss_bytes = 0;

  double cpu_seconds() const { return user_seconds + system_seconds; }
  static ProcessUsage Now();
};

}  // namespace weir
