#include "runtime/metrics/rate_meter.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(RateMeter, NeedsTwoObservations) {
  RateMeter meter;
  meter.Observe(0, 100);
  EXPECT_EQ(meter.PerSecond(), 0);
}

TEST(RateMeter, ForgetsWhatIsOlderThanItsSpan) {
  RateMeter meter(2 * kMicrosPerSecond);
  int64_t count = 0;
  for (Micros second = 0; second < 10; ++second) {
    count += second < 5 ? 1000 : 10;
    meter.Observe(second * kMicrosPerSecond, count);
  }
  EXPECT_DOUBLE_EQ(meter.PerSecond(), 10);
}

}  // namespace
}  // namespace weir
