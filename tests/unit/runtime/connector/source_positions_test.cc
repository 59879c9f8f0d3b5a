#include "runtime/connector/source_positions.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::HasSubstr;

TEST(SourcePositionsTest, TextComesBackAsOneWord) {
  SourcePositions positions;
  positions.Set("orders", "a file, with; odd%name\n.jsonl", {"12:3@4", false});
  positions.Set("orders", "empty", {"", true});
  positions.Set("s/decode", std::string("\xff\0", 2), {"7", true});
  const std::string text = positions.ToText();
  EXPECT_EQ(text.find_first_of(" \n\t"), std::string::npos) << text;
  const auto read = SourcePositions::FromText(text);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(*read, positions);
  EXPECT_EQ(read->Find("orders", "empty")->ended, true);
  EXPECT_EQ(read->Find("orders", "other"), nullptr);
  EXPECT_EQ(*SourcePositions::FromText(SourcePositions().ToText()), SourcePositions());
}

TEST(SourcePositionsTest, OtherTextsAreRefused) {
  for (const char* text : {"", "x", "1;a,b", "1;a,b,c,d", "1;a,b,%4", "1;a,b,%zz", "1;a,b,c d",
                           "1;a,b,c,end,end", "1;"}) {
    EXPECT_EQ(SourcePositions::FromText(text).status().code(), StatusCode::kDataLoss) << text;
  }
  const Status newer = SourcePositions::FromText("2;whatever").status();
  EXPECT_EQ(newer.code(), StatusCode::kUnimplemented);
  EXPECT_THAT(newer.message(), HasSubstr("newer version"));
}

}  // namespace
}  // namespace weir
