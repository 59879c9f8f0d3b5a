#include "compiler/diagnostics/suggest.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(SuggestTest, DistanceCountsSwapsOnce) {
  EXPECT_EQ(EditDistance("where", "where", 2), 0U);
  EXPECT_EQ(EditDistance("wehre", "where", 2), 1U);
  EXPECT_EQ(EditDistance("Where", "wHERE", 2), 0U);
  EXPECT_EQ(EditDistance("abc", "xyz", 2), 3U);
  EXPECT_EQ(EditDistance("a", "abcd", 2), 3U);
}

TEST(SuggestTest, OnlyCloseNamesAreSuggested) {
  const std::vector<std::string> names{"user_id", "event_time", "id"};
  EXPECT_EQ(SuggestName("user_idd", names), "user_id");
  EXPECT_EQ(SuggestName("usr_id", names), "user_id");
  EXPECT_EQ(SuggestName("ip", names), "id");
  EXPECT_EQ(SuggestName("xy", names), std::nullopt);
  EXPECT_EQ(SuggestName("completely", names), std::nullopt);
  EXPECT_EQ(SuggestName("", names), std::nullopt);
}

TEST(SuggestTest, ShortListsAreShownWhole) {
  EXPECT_EQ(SuggestHelp("usr", {"user"}), "did you mean `user`?");
  EXPECT_EQ(SuggestHelp("zzz", {"user", "page"}), "there is: user, page");
  EXPECT_EQ(SuggestHelp("zzz", {}), "");
  EXPECT_EQ(SuggestHelp("zzz", std::vector<std::string>(9, "user")), "");
}

}  // namespace
}  // namespace weir
