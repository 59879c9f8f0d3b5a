#include "runtime/checkpoint/mark_check.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::HasSubstr;

TEST(MarkCheck, AFreshTargetFitsWhateverWasNotDelivered) {
  EXPECT_TRUE(CheckMark("s", std::nullopt, {"i1", 0, 0}).ok());
  EXPECT_TRUE(CheckMark("s", std::nullopt, {"i1", 7, 0}).ok());
}

TEST(MarkCheck, AContinuationFits) {
  EXPECT_TRUE(CheckMark("s", SinkMark{"i1", 7}, {"i1", 7, 6}).ok());
  EXPECT_TRUE(CheckMark("s", SinkMark{"i1", 6}, {"i1", 7, 6}).ok());
}

TEST(MarkCheck, TheRestIsRefusedWithBothMarks) {
  const Status other = CheckMark("s", SinkMark{"i0", 3}, {"i1", 0, 0});
  EXPECT_EQ(other.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(other.message(), HasSubstr("incarnation i0, checkpoint 3"));
  EXPECT_THAT(other.message(), HasSubstr("incarnation i1 without a checkpoint"));
  EXPECT_THAT(CheckMark("s", SinkMark{"i1", 8}, {"i1", 7, 6}).message(),
              HasSubstr("ahead of the state"));
  EXPECT_THAT(CheckMark("s", SinkMark{"i1", 5}, {"i1", 7, 6}).message(),
              HasSubstr("older than the state"));
  EXPECT_THAT(CheckMark("s", std::nullopt, {"i1", 7, 6}).message(), HasSubstr("is gone"));
}

}  // namespace
}  // namespace weir
