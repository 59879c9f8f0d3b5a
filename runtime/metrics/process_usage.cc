#include "runtime/metrics/process_usage.h"

#include <sys/resource.h>

namespace weir {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessUsage ProcessUsage::Now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {Seconds(usage.ru_utime), Seconds(usage.ru_stime),
          static_cast<int64_t>(usage.ru_maxrss) * 1024};
}

}  // namespace weir
