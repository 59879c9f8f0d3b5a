#include "runtime/time/partition_watermark.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

TEST(PartitionWatermark, HasNoneBeforeTheFirstRow) {
  EXPECT_EQ(PartitionWatermark(kSecond).current(), kMinTimestamp);
}

TEST(PartitionWatermark, MovesInWholeSeconds) {
  PartitionWatermark watermark(10 * kSecond);
  EXPECT_TRUE(watermark.Observe(100 * kSecond + 1));
  EXPECT_EQ(watermark.current(), 90 * kSecond);
  EXPECT_FALSE(watermark.Observe(100 * kSecond + 999'999));
  EXPECT_TRUE(watermark.Observe(101 * kSecond));
  EXPECT_EQ(watermark.current(), 91 * kSecond);
}

TEST(PartitionWatermark, NeverGoesBack) {
  PartitionWatermark watermark(0);
  watermark.Observe(50 * kSecond);
  EXPECT_FALSE(watermark.Observe(3 * kSecond));
  EXPECT_EQ(watermark.current(), 50 * kSecond);
  EXPECT_EQ(watermark.max_event_time(), 50 * kSecond);
}

TEST(PartitionWatermark, FloorsTimesBefore1970Down) {
  PartitionWatermark watermark(0);
  watermark.Observe(-1);
  EXPECT_EQ(watermark.current(), -kSecond);
}

TEST(PartitionWatermark, SurvivesTheEndsOfTheRange) {
  PartitionWatermark watermark(10 * kSecond);
  watermark.Observe(kMinTimestamp + 5);
  EXPECT_EQ(watermark.current(), kMinTimestamp);
  watermark.Observe(kMaxTimestamp);
  EXPECT_GT(watermark.current(), kMaxTimestamp - 12 * kSecond);
}

TEST(PartitionWatermark, AHeartbeatIsExactAndStepsGoOnFromWholeSeconds) {
  PartitionWatermark watermark(kSecond);
  watermark.Observe(10 * kSecond);
  EXPECT_TRUE(watermark.Heartbeat(20 * kSecond + 300'000));
  EXPECT_EQ(watermark.current(), 19 * kSecond + 300'000);
  EXPECT_FALSE(watermark.Heartbeat(15 * kSecond));
  EXPECT_FALSE(watermark.Observe(20 * kSecond + 500'000));
  EXPECT_TRUE(watermark.Observe(21 * kSecond));
  EXPECT_EQ(watermark.current(), 20 * kSecond);
}

TEST(PartitionWatermark, GoesOnAfterARestore) {
  PartitionWatermark watermark(kSecond);
  watermark.Restore(7 * kSecond, 8 * kSecond + 5);
  EXPECT_FALSE(watermark.Observe(8 * kSecond));
  EXPECT_EQ(watermark.current(), 7 * kSecond);
  EXPECT_TRUE(watermark.Observe(9 * kSecond));
}

}  // namespace
}  // namespace weir
