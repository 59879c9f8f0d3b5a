#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "compiler/diagnostics/explain.h"
#include "compiler/diagnostics/fix.h"
#include "compiler/diagnostics/renderer.h"
#include "compiler/syntax/parse.h"
#include "tests/diagnostics/golden_files.h"

namespace weir {
namespace {

constexpr const char* kFolder = "tests/diagnostics/syntax";

/// Codes of conditions that cannot be written down in a text file or a page.
const std::set<std::string_view> kWithoutExample{"F0030", "F0031", "F0032",
                                                 "F0033", "F0034", "F0038"};

bool IsSyntaxCode(const CodeInfo& info) { return info.name.starts_with("F00"); }

std::set<std::string_view> CodesOf(const DiagnosticEngine& diagnostics) {
  std::set<std::string_view> codes;
  for (const Diagnostic& diagnostic : diagnostics.diagnostics()) {
    codes.insert(InfoOf(diagnostic.code).name);
  }
  return codes;
}

TEST(SyntaxGoldenTest, MessagesAreAsExpected) {
  for (const GoldenFile& file : ListGoldenFiles(kFolder)) {
    SourceManager sources;
    DiagnosticEngine diagnostics;
    ParseFile(sources.Add(file.flow_path.substr(file.flow_path.rfind('/') + 1),
                          ReadWhole(file.flow_path)),
              diagnostics);
    ExpectGolden(file, RenderText(diagnostics, sources));
  }
}

TEST(SyntaxGoldenTest, EveryPlantedMistakeGivesOneMessage) {
  for (const GoldenFile& file : ListGoldenFiles(std::string(kFolder) + "/mistakes")) {
    SourceManager sources;
    DiagnosticEngine diagnostics;
    ParseFile(sources.Add(file.flow_path, ReadWhole(file.flow_path)), diagnostics);
    EXPECT_EQ(diagnostics.Sorted().size(), 1U) << file.flow_path;
  }
}

TEST(SyntaxGoldenTest, CertainFixesRemoveTheErrors) {
  const std::string text =
      "from a |> where x = 1 && !y; |> into b\n"
      "schema S {\n  a string\n}\n"
      "from a | aggregat n = count() by k over tumbling 5min emit on close late after 0s fail\n"
      "from a |> extend x == 1 y = 2 |> into b\n";
  SourceManager sources;
  DiagnosticEngine before;
  const SourceFile& source = sources.Add("before", text);
  ParseFile(source, before);
  const FixedText fixed = ApplyFixes(source, before);
  EXPECT_EQ(fixed.fixes, before.Size());
  DiagnosticEngine after;
  ParseFile(sources.Add("after", fixed.text), after);
  EXPECT_TRUE(after.Empty()) << fixed.text << RenderText(after, sources);
}

TEST(SyntaxGoldenTest, EveryCodeHasAGolden) {
  std::set<std::string_view> seen;
  for (const GoldenFile& file : ListGoldenFiles(kFolder)) {
    SourceManager sources;
    DiagnosticEngine diagnostics;
    ParseFile(sources.Add(file.flow_path, ReadWhole(file.flow_path)), diagnostics);
    for (std::string_view code : CodesOf(diagnostics)) seen.insert(code);
  }
  for (const CodeInfo& info : AllCodes()) {
    if (!IsSyntaxCode(info) || kWithoutExample.contains(info.name)) continue;
    EXPECT_TRUE(seen.contains(info.name)) << info.name << " has no golden in " << kFolder;
  }
}

TEST(SyntaxGoldenTest, WrongExamplesRaiseTheirCodeAndRightOnesNothing) {
  for (const CodeInfo& info : AllCodes()) {
    if (!IsSyntaxCode(info)) continue;
    const std::string_view page = ExplainPage(info.code);
    ASSERT_FALSE(page.empty()) << info.name << " has no page in compiler/diagnostics/explain";
    if (kWithoutExample.contains(info.name)) continue;
    SourceManager sources;
    DiagnosticEngine wrong;
    ParseFile(sources.Add("wrong", std::string(ExplainExample(page, "wrong"))), wrong);
    EXPECT_THAT(CodesOf(wrong), testing::Contains(info.name)) << RenderText(wrong, sources);
    DiagnosticEngine right;
    ParseFile(sources.Add("right", std::string(ExplainExample(page, "right"))), right);
    EXPECT_TRUE(right.Empty()) << info.name << '\n' << RenderText(right, sources);
    EXPECT_FALSE(ExplainExample(page, "right").empty()) << info.name;
  }
}

/// Every page of any code, whoever checks it: its right example is at least well-formed.
TEST(SyntaxGoldenTest, RightExamplesOfAllPagesParse) {
  for (const CodeInfo& info : AllCodes()) {
    const std::string example(ExplainExample(ExplainPage(info.code), "right"));
    SourceManager sources;
    DiagnosticEngine diagnostics;
    ParseFile(sources.Add(std::string(info.name), example), diagnostics);
    EXPECT_TRUE(diagnostics.Empty()) << RenderText(diagnostics, sources);
  }
}

}  // namespace
}  // namespace weir
