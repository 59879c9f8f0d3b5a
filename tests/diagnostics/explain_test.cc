#include "compiler/diagnostics/explain.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/unit/compiler/semantic/compiled_text.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

bool HasGolden(std::string_view code) {
  for (const auto& entry : fs::directory_iterator("tests/diagnostics/semantic")) {
    if (entry.path().filename().string().starts_with(code)) return true;
  }
  return false;
}

struct ExampleFile {
  std::string name, text;
};

/// What the examples of a page name: blocks such as "```sql shop.sql".
std::vector<ExampleFile> ExampleFiles(std::string_view page) {
  std::vector<ExampleFile> files;
  size_t at = 0;
  while ((at = page.find("\n```", at)) != std::string_view::npos) {
    const size_t info = at + 4;
    const size_t line = page.find('\n', info);
    const size_t end = page.find("\n```", line);
    if (line == std::string_view::npos || end == std::string_view::npos) break;
    const std::string_view words = page.substr(info, line - info);
    const size_t blank = words.find(' ');
    if (blank != std::string_view::npos && words.find('.') != std::string_view::npos) {
      files.push_back(
          {std::string(words.substr(blank + 1)), std::string(page.substr(line + 1, end - line))});
    }
    at = end + 4;
  }
  return files;
}

/// Codes of syntax have goldens by what was mistyped (syntax_golden_test.cc).
class Explain : public testing::TestWithParam<CodeInfo> {};

TEST_P(Explain, HasAPageAndAGolden) {
  const CodeInfo& info = GetParam();
  EXPECT_FALSE(ExplainPage(info.code).empty())
      << "compiler/diagnostics/explain/" << info.name << ".md";
  EXPECT_TRUE(HasGolden(info.name)) << "tests/diagnostics/semantic/" << info.name << "….flow";
}

TEST_P(Explain, TheWrongExampleRaisesItAndTheRightOnePasses) {
  const CodeInfo& info = GetParam();
  const std::string_view page = ExplainPage(info.code);
  if (page.empty() || info.severity == Severity::kRuntime) GTEST_SKIP();
  CompiledText wrong;
  for (const ExampleFile& file : ExampleFiles(page)) wrong.AddFile(file.name, file.text);
  ASSERT_TRUE(wrong.Compile("wrong.flow", std::string(ExplainExample(page, "wrong"))));
  EXPECT_TRUE(wrong.Has(info.code)) << wrong.Report();
  CompiledText right;
  for (const ExampleFile& file : ExampleFiles(page)) right.AddFile(file.name, file.text);
  ASSERT_TRUE(right.Compile("right.flow", std::string(ExplainExample(page, "right"))));
  EXPECT_FALSE(right.Has(info.code)) << right.Report();
  EXPECT_FALSE(right.diagnostics().HasErrors()) << right.Report();
}

std::vector<CodeInfo> Codes() {
  const auto all = AllCodes();
  std::vector<CodeInfo> codes;
  for (const CodeInfo& info : all) {
    if (!info.name.starts_with("F00")) codes.push_back(info);
  }
  return codes;
}

INSTANTIATE_TEST_SUITE_P(Codes, Explain, testing::ValuesIn(Codes()),
                         [](const auto& given) { return std::string(given.param.name); });

}  // namespace
}  // namespace weir
