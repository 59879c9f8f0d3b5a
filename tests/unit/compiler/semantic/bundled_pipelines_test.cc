#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/unit/compiler/semantic/compiled_text.h"

namespace weir {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class BundledPipelines : public testing::TestWithParam<std::string> {};

TEST_P(BundledPipelines, TheSpeedLayerCompilesUnderEveryProfile) {
  const std::string path = "pipelines/speed_layer/speed_layer.flow";
  CompiledText compiled;
  ASSERT_TRUE(compiled.Compile(path, ReadText(path), GetParam())) << compiled.usage_error;
  EXPECT_FALSE(compiled.diagnostics().HasErrors()) << compiled.Report();
  EXPECT_NE(compiled.pipeline().logical, nullptr);
  EXPECT_FALSE(compiled.pipeline().tests.tests.empty());
}

INSTANTIATE_TEST_SUITE_P(Profiles, BundledPipelines,
                         testing::Values("embedded", "embedded_once", "kafka_local", "kafka_once",
                                         "files", "cluster", "demo"));

}  // namespace
}  // namespace weir
