#include "runtime/time/token_bucket.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(TokenBucket, ZeroIsNoLimit) {
  TokenBucket bucket(0);
  EXPECT_EQ(bucket.Available(0, 2048), 2048);
}

TEST(TokenBucket, LimitsRowsPerSecond) {
  TokenBucket bucket(1000);
  Micros now = 1'000'000;
  int64_t rows = 0;
  for (int i = 0; i < 10'000; ++i) {  // ten seconds in steps of a millisecond
    const int64_t allowed = bucket.Available(now, 2048);
    bucket.Take(allowed);
    rows += allowed;
    now += 1000;
  }
  EXPECT_NEAR(static_cast<double>(rows), 10'000, 10);
}

TEST(TokenBucket, APauseGivesNoBurst) {
  TokenBucket bucket(1000);
  EXPECT_EQ(bucket.Available(0, 2048), 1);
  EXPECT_EQ(bucket.Available(60 * kMicrosPerSecond, 2048), 100);
}

TEST(TokenBucket, SaysWhenToComeAgain) {
  TokenBucket bucket(10);
  bucket.Take(bucket.Available(0, 100));
  const Micros next = bucket.NextAt(0);
  EXPECT_EQ(next, 100'000);
  EXPECT_EQ(bucket.Available(next, 100), 1);
}

}  // namespace
}  // namespace weir
