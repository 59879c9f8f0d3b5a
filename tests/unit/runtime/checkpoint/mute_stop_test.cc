#include "runtime/checkpoint/mute_stop.h"

#include <gmock/gmock.h>

#include "runtime/checkpoint/mark_check.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MuteStopTest, EachSinkIsMutedUpToItsOwnMark) {
  const auto stops = MakeMuteStops({{"late", {"i1", 9, "1;a,b,9"}},
                                    {"early", {"i1", 4, "1;a,b,4"}},
                                    {"same", {"i1", 8, "1;a,b,9"}}});
  ASSERT_TRUE(stops.ok()) << stops.status().ToString();
  ASSERT_EQ(stops->size(), 2U);
  EXPECT_THAT((*stops)[0].sinks, ElementsAre("early"));
  EXPECT_THAT((*stops)[1].sinks, ElementsAre("same", "late"));
  EXPECT_EQ((*stops)[1].positions.Find("a", "b")->position, "9");
}

TEST(MuteStopTest, MarksOfTwoStatesAreRefusedWithBoth) {
  const Status refused =
      MakeMuteStops({{"a", {"i1", 9, "1;a,b,9"}}, {"c", {"i2", 4, "1;a,b,4"}}}).status();
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  for (const char* part :
       {"sink a", "i1", "checkpoint 9", "sink c", "i2", "checkpoint 4", "--accept-resend"}) {
    EXPECT_THAT(refused.message(), HasSubstr(part));
  }
  EXPECT_THAT(MakeMuteStops({{"a", {"i1", 9, "nonsense"}}}).status().message(),
              HasSubstr("the mark of sink a"));
}

TEST(AcceptedMarkTest, IsMutedUntilItsBarrier) {
  auto barrier = std::make_shared<UnmuteBarrier>(UINT64_MAX);
  const AcceptedMark mark{"s", {"i1", 9, "1;a,b,9"}, barrier};
  EXPECT_EQ(mark.ToText(3), "muted i1 9 1;a,b,9");
  const auto stored = StoredAcceptedMark::FromText(mark.ToText(3));
  ASSERT_TRUE(stored.ok());
  EXPECT_TRUE(stored->muted);
  EXPECT_EQ(stored->mark, mark.mark);
  *barrier = 4;
  EXPECT_EQ(mark.ToText(3), "muted i1 9 1;a,b,9");
  EXPECT_EQ(mark.ToText(4), "accepted i1 9");
  EXPECT_FALSE(StoredAcceptedMark::FromText("accepted i1 9")->muted);
  EXPECT_EQ(StoredAcceptedMark::FromText("muted i1").status().code(), StatusCode::kDataLoss);
}

TEST(MarkCheck, AnAcceptedMarkFitsUntilItMoves) {
  StateStand stand{"i2", 7, 0, SinkMark{"i1", 9}};
  EXPECT_TRUE(CheckMark("s", SinkMark{"i1", 9}, stand).ok());
  EXPECT_TRUE(CheckMark("s", SinkMark{"i1", 8}, stand).ok());  // another lane's
  EXPECT_FALSE(CheckMark("s", SinkMark{"i1", 10}, stand).ok());
  EXPECT_FALSE(CheckMark("s", SinkMark{"i3", 1}, stand).ok());
  EXPECT_TRUE(CheckMark("s", SinkMark{"i2", 7}, stand).ok());
}

}  // namespace
}  // namespace weir
