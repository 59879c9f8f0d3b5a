#include "compiler/diagnostics/renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::HasSubstr;

class RendererTest : public testing::Test {
 protected:
  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  const SourceFile& file_ = sources_.Add("a.flow", "from ä |> wher\tx\nto b\n");
};

TEST_F(RendererTest, UnderlinesTheSpan) {
  diagnostics_.Report(Code::kF0005, {file_.id(), 11, 15})
      .Arg("wher")
      .Here("did you mean `where`?")
      .Label({file_.id(), 18, 20}, "next line")
      .Note("a fact")
      .Help("do this");
  EXPECT_EQ(RenderText(diagnostics_, sources_),
            "error[F0005]: there is no stage `wher`\n"
            "  --> a.flow:1:11\n"
            "  |\n"
            "1 | from ä |> wher x\n"
            "  |           ^^^^ did you mean `where`?\n"
            "2 | to b\n"
            "  | -- next line\n"
            "  = note: a fact\n"
            "  = help: do this\n"
            "\n1 error, 0 warnings\n");
}

TEST_F(RendererTest, ShowsTwentyAtMost) {
  for (uint32_t i = 0; i < 22; ++i) diagnostics_.Report(Code::kF0019, {file_.id(), i, i + 1});
  const std::string text = RenderText(diagnostics_, sources_);
  EXPECT_THAT(text, HasSubstr("\n... and 2 more\n"));
  EXPECT_THAT(text, HasSubstr("\n22 errors, 0 warnings\n"));
}

TEST_F(RendererTest, SortsAndDropsRepetitions) {
  diagnostics_.Report(Code::kF0019, {file_.id(), 5, 6});
  diagnostics_.Report(Code::kF0019, {file_.id(), 1, 2});
  diagnostics_.Report(Code::kF0019, {file_.id(), 5, 6});
  const auto sorted = diagnostics_.Sorted();
  ASSERT_EQ(sorted.size(), 2U);
  EXPECT_EQ(sorted[0]->span.begin, 1U);
}

TEST_F(RendererTest, WorksWithoutAFile) {
  diagnostics_.Report(Code::kF0010, {});
  EXPECT_EQ(RenderText(diagnostics_, sources_),
            "error[F0010]: a pipeline starts with `from`\n\n1 error, 0 warnings\n");
  EXPECT_THAT(RenderJson(diagnostics_, sources_), HasSubstr("\"span\": null"));
}

TEST_F(RendererTest, JsonHasPositionsAndFix) {
  diagnostics_.Report(Code::kF0005, {file_.id(), 11, 15})
      .Arg("wher")
      .Fix({file_.id(), 11, 15}, "where", "write `where`");
  const std::string json = RenderJson(diagnostics_, sources_);
  EXPECT_THAT(json, HasSubstr("\"code\": \"F0005\""));
  EXPECT_THAT(json, HasSubstr("\"line\": 1,\n          \"column\": 11"));
  EXPECT_THAT(json, HasSubstr("\"replacement\": \"where\""));
  EXPECT_THAT(json, HasSubstr("\"errors\": 1"));
}

TEST_F(RendererTest, SarifNamesTheRule) {
  diagnostics_.Report(Code::kF0002, {file_.id(), 0, 4});
  const std::string sarif = RenderSarif(diagnostics_, sources_);
  EXPECT_THAT(sarif, HasSubstr("\"version\": \"2.1.0\""));
  EXPECT_THAT(sarif, HasSubstr("\"ruleId\": \"F0002\""));
  EXPECT_THAT(sarif, HasSubstr("\"uri\": \"a.flow\""));
}

TEST_F(RendererTest, ArgumentsWithBracesStayText) {
  diagnostics_.Report(Code::kF0022, {file_.id(), 0, 4}).Arg("a {} b").Arg("c");
  EXPECT_EQ(diagnostics_.Sorted()[0]->message, "`a {} b` is SQL; in .flow it is c");
}

TEST_F(RendererTest, LongLinesAreCut) {
  const SourceFile& wide = sources_.Add("w.flow", std::string(5000, 'x') + "!");
  diagnostics_.Report(Code::kF0018, {wide.id(), 5000, 5001});
  const std::string text = RenderText(diagnostics_, sources_);
  EXPECT_LT(text.size(), 600U);
  EXPECT_THAT(text, HasSubstr("x!\n"));
}

}  // namespace
}  // namespace weir
