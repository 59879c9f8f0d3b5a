#pragma once

#include <functional>
#include <string>
#include <vector>

namespace weir {

/// One program and the text that flowc must say about it.
struct GoldenFile {
  std::string flow_path;
  std::string expected_path;
};

/// All *.flow files below `folder`, sorted.
std::vector<GoldenFile> ListGoldenFiles(const std::string& folder);
/// Whole file; empty if it cannot be read.
std::string ReadWhole(const std::string& path);
/// Compares `actual` with the expected file, or writes it if WEIR_UPDATE_GOLDENS is set.
void ExpectGolden(const GoldenFile& file, const std::string& actual);

}  // namespace weir
