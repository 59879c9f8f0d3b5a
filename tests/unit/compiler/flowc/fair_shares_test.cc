#include "compiler/flowc/fair_shares.h"

#include <gmock/gmock.h>

namespace weir::flowc {
namespace {

using testing::ElementsAre;

TEST(FairSharesTest, WhatSmallPartsLeaveGoesToLargeOnes) {
  EXPECT_THAT(FairShares({2, 100, 100}, 20), ElementsAre(2, 9, 9));
  EXPECT_THAT(FairShares({100, 4, 9}, 30), ElementsAre(17, 4, 9));
}

TEST(FairSharesTest, NobodyGetsMoreThanItWants) {
  EXPECT_THAT(FairShares({1, 2, 3}, 100), ElementsAre(1, 2, 3));
  EXPECT_THAT(FairShares({}, 5), ElementsAre());
}

TEST(FairSharesTest, LittleRoomIsUsedUp) {
  EXPECT_THAT(FairShares({5, 5, 5}, 2), ElementsAre(0, 1, 1));
  EXPECT_THAT(FairShares({5, 5}, 0), ElementsAre(0, 0));
}

}  // namespace
}  // namespace weir::flowc
