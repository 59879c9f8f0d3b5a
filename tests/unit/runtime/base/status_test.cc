#include <gtest/gtest.h>

#include "runtime/base/clock.h"
#include "runtime/base/hash.h"
#include "runtime/base/result.h"
#include "runtime/base/status.h"

namespace weir {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return InvalidArgumentError("{} is odd", value);
  return value / 2;
}

Result<int> Quarter(int value) {
  WEIR_ASSIGN(const int half, Half(value));
  return Half(half);
}

TEST(Status, CarriesCodeMessageAndContext) {
  const Status status = NotFoundError("no topic {}", "orders").WithContext("source a");
  EXPECT_EQ(status.ToString(), "not found: source a: no topic orders");
  EXPECT_FALSE(status.IsRetryable());
  EXPECT_TRUE(UnavailableError("x").IsRetryable());
  EXPECT_EQ(Status::Ok().WithContext("any").ToString(), "ok");
}

TEST(Result, PropagatesTheFirstFailure) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().message(), "3 is odd");
  EXPECT_EQ(Quarter(5).status().message(), "5 is odd");
}

TEST(Clock, ManualClockNeverGoesBack) {
  ManualClock clock(10);
  clock.AdvanceTo(30);
  clock.AdvanceTo(20);
  EXPECT_EQ(clock.Now(), 30);
}

// Stored state depends on these: a change would move keys to other groups.
TEST(Hash, IsStableAcrossVersions) {
  EXPECT_EQ(HashBytes(""), 0x2d06800538d394c2U);
  EXPECT_EQ(HashBytes("a"), 0xe6c632b61e964e1fU);
}

TEST(Hash, WorkersShareKeyGroupsInOrder) {
  for (const uint32_t workers : {1U, 2U, 7U, 256U}) {
    uint32_t last = 0;
    for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
      const uint32_t worker = WorkerOfKeyGroup(group, workers);
      EXPECT_TRUE(worker == last || worker == last + 1);
      last = worker;
    }
    EXPECT_EQ(last, workers - 1);
  }
}

}  // namespace
}  // namespace weir
