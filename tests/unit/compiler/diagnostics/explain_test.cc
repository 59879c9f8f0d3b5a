#include "compiler/diagnostics/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

TEST(ExplainTest, CodesAreSortedAndFoundByName) {
  std::string before;
  for (const CodeInfo& info : AllCodes()) {
    EXPECT_LT(before, info.name);
    EXPECT_EQ(CodeFromName(info.name), info.code);
    before = info.name;
  }
  EXPECT_EQ(CodeFromName("f0002"), Code::kF0002);
  EXPECT_EQ(CodeFromName("F9998"), std::nullopt);
}

TEST(ExplainTest, PagesStartWithTheirCode) {
  for (const CodeInfo& info : AllCodes()) {
    const std::string_view page = ExplainPage(info.code);
    if (page.empty()) continue;
    EXPECT_THAT(std::string(page), testing::StartsWith("# " + std::string(info.name) + ": "));
  }
}

TEST(ExplainTest, TitleAndExamples) {
  EXPECT_EQ(ExplainTitle(Code::kF0002), "`=` defines, `==` compares");
  EXPECT_EQ(ExplainExample("x\n```flow wrong\na\nb\n```\n", "wrong"), "a\nb\n");
  EXPECT_EQ(ExplainExample("x", "wrong"), "");
}

}  // namespace
}  // namespace weir
