#include "runtime/time/watermark_combiner.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(WatermarkCombiner, IsTheMinimum) {
  WatermarkCombiner combiner(2);
  EXPECT_FALSE(combiner.SetWatermark(0, 10));
  EXPECT_EQ(combiner.current(), kMinTimestamp);
  EXPECT_TRUE(combiner.SetWatermark(1, 5));
  EXPECT_EQ(combiner.current(), 5);
}

TEST(WatermarkCombiner, AnIdleInputDoesNotHoldBack) {
  WatermarkCombiner combiner(2);
  combiner.SetWatermark(0, 10);
  EXPECT_TRUE(combiner.SetIdle(1, true));
  EXPECT_EQ(combiner.current(), 10);
  EXPECT_FALSE(combiner.idle());
}

TEST(WatermarkCombiner, StaysWhenAllAreIdle) {
  WatermarkCombiner combiner(2);
  combiner.SetWatermark(0, 10);
  combiner.SetWatermark(1, 20);
  combiner.SetIdle(0, true);
  EXPECT_EQ(combiner.current(), 20);
  combiner.SetIdle(1, true);
  EXPECT_TRUE(combiner.idle());
  EXPECT_EQ(combiner.current(), 20);
}

TEST(WatermarkCombiner, NeverGoesBackWhenAnInputReturns) {
  WatermarkCombiner combiner(2);
  combiner.SetWatermark(0, 10);
  combiner.SetIdle(1, true);
  combiner.SetIdle(1, false);
  combiner.SetWatermark(1, 3);
  EXPECT_EQ(combiner.current(), 10);
  combiner.SetWatermark(1, 30);
  combiner.SetWatermark(0, 15);
  EXPECT_EQ(combiner.current(), 15);
}

TEST(WatermarkCombiner, EndsWhenAllHaveEnded) {
  WatermarkCombiner combiner(2);
  combiner.SetWatermark(0, kMaxTimestamp);
  combiner.SetEnded(0);
  combiner.SetWatermark(1, 40);
  EXPECT_EQ(combiner.current(), 40);
  EXPECT_FALSE(combiner.ended());
  combiner.SetWatermark(1, kMaxTimestamp);
  EXPECT_TRUE(combiner.SetEnded(1));
  EXPECT_TRUE(combiner.ended());
  EXPECT_EQ(combiner.current(), kMaxTimestamp);
}

TEST(WatermarkCombiner, AnEndedAndAnIdleInputAreIdleTogether) {
  WatermarkCombiner combiner(2);
  combiner.SetWatermark(0, kMaxTimestamp);
  combiner.SetEnded(0);
  combiner.SetWatermark(1, 7);
  combiner.SetIdle(1, true);
  EXPECT_TRUE(combiner.idle());
  EXPECT_EQ(combiner.current(), 7);
}

TEST(WatermarkCombiner, WithoutInputsHasEnded) {
  WatermarkCombiner combiner(0);
  EXPECT_EQ(combiner.current(), kMinTimestamp);
}

}  // namespace
}  // namespace weir
