#include "compiler/syntax/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "compiler/ast/dump.h"
#include "compiler/diagnostics/renderer.h"
#include "compiler/source/source_manager.h"

namespace weir {
namespace {

using testing::HasSubstr;

std::string ReadCorpus(const std::string& name) {
  std::ifstream in("grammar/corpus/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class ParseTest : public testing::Test {
 protected:
  std::unique_ptr<ast::File> Parse(const std::string& text) {
    return ParseFile(sources_.Add("t.flow", text), diagnostics_);
  }
  std::string DumpOf(const std::string& text) {
    auto file = Parse(text);
    EXPECT_TRUE(diagnostics_.Empty()) << RenderText(diagnostics_, sources_);
    return ast::Dump(*file);
  }
  std::string ExprOf(const std::string& text) {
    const SourceFile& file = sources_.Add("e.flow", text);
    auto expr = ParseExpression(file, file.Whole(), diagnostics_);
    EXPECT_NE(expr, nullptr) << RenderText(diagnostics_, sources_);
    return expr == nullptr ? "" : ast::Dump(*expr);
  }

  SourceManager sources_;
  DiagnosticEngine diagnostics_;
};

TEST_F(ParseTest, TheCorpusHasNoDiagnostics) {
  for (const char* name :
       {"hello", "speed_layer", "card_fraud", "clicklog_to_lake", "orders_payments", "words"}) {
    const std::string text = ReadCorpus(std::string(name) + ".flow");
    ASSERT_FALSE(text.empty()) << name;
    const auto file = Parse(text);
    EXPECT_FALSE(file->has_errors);
    EXPECT_GT(file->items.size(), 2U);
  }
  EXPECT_TRUE(diagnostics_.Empty()) << RenderText(diagnostics_, sources_);
}

TEST_F(ParseTest, OperatorsBindAsInTheReference) {
  EXPECT_EQ(ExprOf("a + b * c - d"), "(- (+ a (* b c)) d)");
  EXPECT_EQ(ExprOf("not a == b and c or d"), "(or (and (not (== a b)) c) d)");
  EXPECT_EQ(ExprOf("a ?? b ?? c"), "(?? a (?? b c))");
  EXPECT_EQ(ExprOf("a ?? 0 > 5"), "(> (?? a 0) 5)");
  EXPECT_EQ(ExprOf("try a / b"), "(/ (try a) b)");
  EXPECT_EQ(ExprOf("-a.b"), "(neg (. a b))");
  EXPECT_EQ(ExprOf("a <> b"), "(!= a b)");
  EXPECT_EQ(ExprOf("a not in [1, 2]"), "(not-in a [ 1 2 ])");
  EXPECT_EQ(ExprOf("a in -1..$n"), "(in a (range (neg 1) $n))");
  EXPECT_EQ(ExprOf("a is not null"), "(is-not a null)");
  EXPECT_EQ(ExprOf("a not like 'x%'"), "(not-like a \"x%\")");
  EXPECT_EQ(ExprOf("if a then b else if c then d else e"), "(if a b (if c d e))");
}

TEST_F(ParseTest, AccessCallsAndLiterals) {
  EXPECT_EQ(ExprOf("a?.b.c(1, x: 2 where y)[3]"),
            "(index (. (?. a b) c (args 1 x: 2 (where y))) 3)");
  EXPECT_EQ(ExprOf("{ a: 1, ...b, c, 'd e': null }"), "{ a: 1 ...b c d e: null }");
  EXPECT_EQ(ExprOf("b with { c: true }"), "(with b { c: true })");
  EXPECT_EQ(ExprOf("cast(a as list<decimal(5, 2)?>)"), "(cast a list<decimal(5, 2)? >)");
  EXPECT_EQ(ExprOf("match a { 'x', -3..9 -> 1 else -> 2 }"),
            "(match a [\"x\" (neg 3)..9 -> 1] [else -> 2])");
  EXPECT_EQ(ExprOf("10.50"), "1050@2");
  EXPECT_EQ(ExprOf("[1h30m, 2KiB, @1970-01-02, 1.5e0]"),
            "[ 5400000000us 2048B @86400000000 float(1.5) ]");
  EXPECT_EQ(ExprOf("r\"\\d+\""), "\"\\\\d+\"");
  EXPECT_EQ(ExprOf("\"\"\"\na \"b\" \"\"\""), "\"a \\\"b\\\" \"");
}

TEST_F(ParseTest, FStringPartsHaveTheirOwnSpans) {
  const SourceFile& file = sources_.Add("f.flow", "f\"ä{user_id}:{{{n + 1}\"");
  const auto expr = ParseExpression(file, file.Whole(), diagnostics_);
  ASSERT_NE(expr, nullptr);
  EXPECT_EQ(ast::Dump(*expr), "(f \"ä\" user_id \":{\" (+ n 1))");
  const auto& parts = expr->As<ast::FStringLiteral>().parts;
  EXPECT_EQ(file.Text(parts[1].expr->span), "user_id");
  EXPECT_EQ(file.Text(parts[3].expr->span), "n + 1");
}

TEST_F(ParseTest, DeclarationsKeepDocsAnnotationsAndSpans) {
  const auto file = Parse(
      "/// One.\n/// Two.\n@ignore_case\ntype T = enum(\"a\", b)\n"
      "schema S {\n  /// Key.\n  id: uuid @subject = x where value > 0\n}\n");
  EXPECT_TRUE(diagnostics_.Empty());
  ASSERT_EQ(file->items.size(), 2U);
  EXPECT_EQ(file->items[0]->doc.text, "One.\nTwo.");
  EXPECT_EQ(file->items[0]->annotations[0].name.text, "ignore_case");
  const auto& schema = file->items[1]->As<ast::SchemaDecl>();
  EXPECT_EQ(schema.fields[0].doc.text, "Key.");
  EXPECT_EQ(schema.fields[0].annotations[0].name.text, "subject");
  EXPECT_EQ(sources_.Find(0)->Text(schema.fields[0].span), "id: uuid @subject = x where value > 0");
}

TEST_F(ParseTest, QuotedNamesLoseTheirBackticks) {
  EXPECT_THAT(DumpOf("schema S { `type x`: string }"), HasSubstr("type x: string"));
}

TEST_F(ParseTest, SeveralErrorsInOneRun) {
  const auto file = Parse(
      "schema A {\n  a string\n  b: int64\n}\n"
      "from a |> where x = 1 |> filter y |> into b\n"
      "from c |> into d\n");
  EXPECT_EQ(diagnostics_.ErrorCount(), 3U) << RenderText(diagnostics_, sources_);
  ASSERT_EQ(file->items.size(), 3U);
  EXPECT_TRUE(file->items[0]->has_errors);
  EXPECT_EQ(file->items[0]->As<ast::SchemaDecl>().fields.size(), 1U);
  EXPECT_TRUE(file->items[1]->has_errors);
  const auto& stages = file->items[1]->As<ast::FlowDecl>().pipeline.stages;
  ASSERT_EQ(stages.size(), 3U);
  EXPECT_EQ(stages[0]->kind, ast::StageKind::kWhere);
  EXPECT_EQ(stages[1]->kind, ast::StageKind::kError);
  EXPECT_EQ(stages[2]->kind, ast::StageKind::kInto);
  EXPECT_FALSE(file->items[2]->has_errors);
}

TEST_F(ParseTest, BrokenDeclarationsKeepTheirNames) {
  const auto file = Parse("stream paid: Order = frm x\nsink out to to\nparam p: int64 =\n");
  ASSERT_EQ(file->items.size(), 3U);
  EXPECT_EQ(file->items[0]->name.text, "paid");
  EXPECT_EQ(file->items[1]->name.text, "out");
  EXPECT_EQ(file->items[2]->name.text, "p");
  for (const auto& item : file->items) EXPECT_TRUE(item->has_errors);
}

TEST_F(ParseTest, EmptyTextsAreFiles) {
  for (const char* text : {"", "\n", "// only a comment", "/* c */"}) {
    EXPECT_TRUE(Parse(text)->items.empty());
  }
  EXPECT_TRUE(diagnostics_.Empty());
}

}  // namespace
}  // namespace weir
