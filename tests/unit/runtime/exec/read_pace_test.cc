#include "runtime/exec/read_pace.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

constexpr int64_t kMost = 2048;

/// Reads as often as said, each worked off after `per_record` for each of its records.
Micros WorkOff(ReadPace& pace, int reads, Micros per_record) {
  Micros now = 0;
  Micros longest = 0;
  for (int i = 0; i < reads; ++i) {
    pace.Started(pace.size(), now);
    const Micros took = pace.size() * per_record;
    longest = std::max(longest, took);
    pace.Done(now += took);
  }
  return longest;
}

TEST(ReadPaceTest, LightRecordsAreSoonReadByTheBatch) {
  ReadPace pace(kMost);
  EXPECT_EQ(pace.size(), 1);
  WorkOff(pace, 11, 2);
  EXPECT_EQ(pace.size(), kMost);
  WorkOff(pace, 5, 2);
  EXPECT_EQ(pace.size(), kMost);
}

TEST(ReadPaceTest, HeavyRecordsAreReadAFewAtATime) {
  ReadPace pace(kMost);
  // 10 000 rows of 1 µs for each record.
  EXPECT_LT(WorkOff(pace, 100, 10'000), ReadPace::kLong);
  EXPECT_GT(pace.size(), 1);
  // Records become heavier on the way.
  WorkOff(pace, 100, 300'000);
  EXPECT_EQ(pace.size(), 1);
}

TEST(ReadPaceTest, AReadThatFoundLessProvesNothing) {
  ReadPace pace(kMost);
  WorkOff(pace, 4, 2);
  const int64_t size = pace.size();
  pace.Started(size - 1, 0);
  pace.Done(1);
  EXPECT_EQ(pace.size(), size);
}

TEST(ReadPaceTest, WaitingForATargetIsNotWork) {
  ReadPace pace(kMost);
  WorkOff(pace, 20, 2);
  pace.Started(kMost, 0);
  pace.Forget();
  pace.Done(3600 * kMicrosPerSecond);
  EXPECT_EQ(pace.size(), kMost);
}

}  // namespace
}  // namespace weir
