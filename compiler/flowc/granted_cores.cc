#include "compiler/flowc/granted_cores.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

namespace weir::flowc {
namespace {

/// Cores of the quota in cgroup v2's cpu.max ("200000 100000", "max 100000"); 0: none.
double QuotaCores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::strtod(quota.c_str(), nullptr) / period;
}

}  // namespace

uint32_t GrantedCores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  int cores = 1;
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) cores = std::max(1, CPU_COUNT(&mask));
  const double quota = QuotaCores();
  if (quota > 0) cores = std::clamp(static_cast<int>(quota + 0.5), 1, cores);
  return static_cast<uint32_t>(cores);
}

}  // namespace weir::flowc
