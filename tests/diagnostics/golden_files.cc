#include "tests/diagnostics/golden_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace weir {

std::vector<GoldenFile> ListGoldenFiles(const std::string& folder) {
  std::vector<GoldenFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".flow") continue;
    std::filesystem::path expected = entry.path();
    expected.replace_extension(".expected");
    files.push_back({entry.path().string(), expected.string()});
  }
  std::sort(files.begin(), files.end(),
            [](const GoldenFile& a, const GoldenFile& b) { return a.flow_path < b.flow_path; });
  return files;
}

std::string ReadWhole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void ExpectGolden(const GoldenFile& file, const std::string& actual) {
  if (std::getenv("WEIR_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(file.expected_path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(actual, ReadWhole(file.expected_path)) << file.flow_path;
}

}  // namespace weir
