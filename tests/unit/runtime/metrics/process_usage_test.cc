#include "runtime/metrics/process_usage.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(ProcessUsage, KnowsThisProcess) {
  const ProcessUsage usage = ProcessUsage::Now();
  EXPECT_GE(usage.cpu_seconds(), 0);
  EXPECT_GT(usage.peak_rss_bytes, 1 << 20);
}

}  // namespace
}  // namespace weir
