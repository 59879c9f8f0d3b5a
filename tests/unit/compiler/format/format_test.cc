#include "compiler/format/format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "compiler/ast/dump.h"
#include "compiler/diagnostics/renderer.h"
#include "compiler/source/source_manager.h"
#include "compiler/syntax/comments.h"
#include "compiler/syntax/parse.h"

namespace weir {
namespace {

std::string Format(const std::string& text) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  const auto formatted = FormatFlow(sources.Add("t.flow", text), diagnostics);
  EXPECT_TRUE(formatted) << RenderText(diagnostics, sources) << text;
  return formatted.value_or("");
}

std::string DumpOf(const std::string& text) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  return ast::Dump(*ParseFile(sources.Add("t.flow", text), diagnostics));
}

std::vector<std::string> CommentsOf(const std::string& text) {
  const SourceFile file(0, "t.flow", text);
  std::vector<std::string> comments;
  for (const Comment& comment : ListComments(file)) {
    std::string trimmed(file.Text(comment.span));
    while (!trimmed.empty() && trimmed.back() == ' ') trimmed.pop_back();
    comments.push_back(std::move(trimmed));
  }
  return comments;
}

void ExpectStable(const std::string& text) {
  const std::string once = Format(text);
  EXPECT_EQ(Format(once), once);
  EXPECT_EQ(DumpOf(once), DumpOf(text));
  EXPECT_EQ(CommentsOf(once), CommentsOf(text));
}

TEST(FormatTest, TheCorpusStaysTheSameProgram) {
  for (const auto& entry : std::filesystem::directory_iterator("grammar/corpus")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    SCOPED_TRACE(entry.path().string());
    ExpectStable(text);
    // The same without any line break and indentation, as far as comments allow it.
    std::string flat = text;
    if (CommentsOf(text).empty()) {
      std::replace(flat.begin(), flat.end(), '\n', ' ');
      ExpectStable(flat);
    }
  }
}

TEST(FormatTest, OneStageStaysOnALineMoreGetTheirOwn) {
  EXPECT_EQ(Format("from   a|>into b"), "from a |> into b\n");
  EXPECT_EQ(Format("from a |> where x |> into b"), "from a\n  |> where x\n  |> into b\n");
  EXPECT_EQ(Format("stream s=from a|>where x"), "stream s = from a |> where x\n");
  EXPECT_EQ(Format("stream s = from a |> where x |> limit 1"),
            "stream s =\n  from a\n  |> where x\n  |> limit 1\n");
}

TEST(FormatTest, ClausesHaveOneOrder) {
  EXPECT_EQ(Format("source s: T on error fail time t watermark none from log()"),
            "source s: T\n  from log()\n  time t watermark none\n  on error fail\n");
  EXPECT_EQ(Format("stream s = from a |> aggregate n = count() ttl 1h emit on close by k"),
            "stream s = from a |> aggregate n = count() by k emit on close ttl 1h\n");
}

TEST(FormatTest, LiteralsHaveOneForm) {
  EXPECT_EQ(Format("param a = 'it'"), "param a = \"it\"\n");
  EXPECT_EQ(Format("param a = 'say \"it\"'"), "param a = 'say \"it\"'\n");
  EXPECT_EQ(Format("param a = 'don\\'t \\n'"), "param a = \"don't \\n\"\n");
  EXPECT_EQ(Format("param a = 1_0_0"), "param a = 100\n");
  EXPECT_EQ(Format("param a = 1000"), "param a = 1000\n");
  EXPECT_EQ(Format("param a = 12345678.50"), "param a = 12_345_678.50\n");
  EXPECT_EQ(Format("param a = b <> c"), "param a = b != c\n");
}

TEST(FormatTest, BlocksAreAligned) {
  EXPECT_EQ(Format("param a: int64 = 1\nparam long_name: string = 'x'\n\nparam b = 2"),
            "param a: int64          = 1\nparam long_name: string = \"x\"\n\nparam b = 2\n");
  EXPECT_EQ(Format("pipeline p { a = 1 long = 2 errors -> x }"),
            "pipeline p {\n  a    = 1\n  long = 2\n  errors -> x\n}\n");
}

TEST(FormatTest, LongListsAreBrokenWithTrailingCommas) {
  const std::string value = "\"" + std::string(40, 'x') + "\"";
  EXPECT_EQ(Format("param a = [" + value + "," + value + ", 1]"),
            "param a = [\n  " + value + ",\n  " + value + ",\n  1,\n]\n");
}

TEST(FormatTest, CommentsStayWhereTheyWere) {
  const std::string text =
      "// first\n"
      "\n"
      "pipeline p {\n"
      "  a = 1  // behind a\n"
      "  // before b\n"
      "\n"
      "  b = 2\n"
      "  // last\n"
      "}\n"
      "from a  // behind from\n"
      "  // before where\n"
      "  |> where x  // behind where\n"
      "  |> into b\n"
      "test \"t\" {\n"
      "  // nothing else\n"
      "}\n"
      "// end\n";
  EXPECT_EQ(Format(text), text);
}

TEST(FormatTest, CommentsInOddPlacesAreKept) {
  ExpectStable(
      "source s: T // s\n  // f\n  on error fail // e\n  from kafka(a: 1, // a\n // bb\n"
      "    b: 2 // b\n    // z\n  ) // k\n"
      "stream q: X // q\n  = // eq\n  from a // fa\n  |> where b /* mid */ > 1 // c\n"
      "  |> validate { // v0\n // v1\n a: x // v2\n // v3\n } /* v4 */ else fail\n"
      "  |> aggregate n = count(), // n\n m = sum(x) // m\n over tumbling 5m // w\n by k // k\n"
      "type A = struct { // s\n a: int64 // a\n b: string }\n"
      "alert a when x > 1 // x\n  for 5m\n"
      "fn f(a: int64, // a\n b: int64) -> int64 = // body\n a + b\n"
      "from a |> process by k ttl 1h state { // s\n a: int64 = // d\n 0 }\n"
      "  on event e { if a { // i\n clear } } // end\n");
}

TEST(FormatTest, TextsWithErrorsAreLeftAlone) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  EXPECT_EQ(FormatFlow(sources.Add("t.flow", "from a |> filter x"), diagnostics), std::nullopt);
  EXPECT_TRUE(diagnostics.HasErrors());
}

}  // namespace
}  // namespace weir
