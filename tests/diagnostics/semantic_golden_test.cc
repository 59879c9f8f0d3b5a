#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/diagnostics/golden_files.h"
#include "tests/unit/compiler/semantic/compiled_text.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// tests/diagnostics/semantic/CODE….flow must raise CODE and say what CODE….expected says.
class SemanticGolden : public testing::TestWithParam<GoldenFile> {};

TEST_P(SemanticGolden, SaysWhatIsWrong) {
  const GoldenFile& file = GetParam();
  const fs::path path(file.flow_path);
  CompiledText compiled;
  for (const auto& entry : fs::directory_iterator(path.parent_path())) {
    // CODE.json, CODE.sql: what the program names.
    const fs::path other = entry.path();
    const bool beside = other.stem() == path.stem() && other.extension() != ".flow" &&
                        other.extension() != ".expected";
    if (beside) compiled.AddFile(other.filename().string(), ReadWhole(other.string()));
  }
  ASSERT_TRUE(compiled.Compile(path.filename().string(), ReadWhole(file.flow_path)))
      << compiled.usage_error;
  const std::string report = compiled.Report();
  const std::optional<Code> code = CodeFromName(path.stem().string().substr(0, 5));
  ASSERT_TRUE(code) << "the name of a golden starts with a code";
  EXPECT_TRUE(compiled.Has(*code)) << report;
  ExpectGolden(file, report);
}

INSTANTIATE_TEST_SUITE_P(Files, SemanticGolden,
                         testing::ValuesIn(ListGoldenFiles("tests/diagnostics/semantic")),
                         [](const auto& given) {
                           std::string name = fs::path(given.param.flow_path).stem().string();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace weir
