#pragma once

#include <cstdint>

namespace weir::flowc {

/// Cores that the process may use: the scheduler's mask, cut by the cgroup's CPU quota; at least 1.
uint32_t GrantedCores();

}  // namespace weir::flowc
