#include "runtime/connectors/file/file_places.h"

#include <filesystem>

#include "runtime/connectors/file/byte_writer.h"
#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

std::string Canonical(const std::string& path) {
  std::error_code error;
  const fs::path found = fs::weakly_canonical(fs::absolute(path), error);
  return error ? path : found.string();
}

/// Text in which fnmatch finds nothing special.
std::string Escaped(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// `a{b,c{d,e}}` as glob knows it: `ab`, `acd`, `ace`.
void ExpandBraces(const std::string& pattern, std::vector<std::string>& patterns) {
  const size_t open = pattern.find('{');
  size_t close = open;
  int depth = 0;
  std::vector<size_t> cuts = {open};
  for (; close < pattern.size(); ++close) {
    if (pattern[close] == '{') ++depth;
    if (pattern[close] == '}' && --depth == 0) break;
    if (pattern[close] == ',' && depth == 1) cuts.push_back(close);
  }
  constexpr size_t kMostPatterns = 256;
  if (open == std::string::npos || close == pattern.size() || patterns.size() > kMostPatterns) {
    patterns.push_back(pattern);
    return;
  }
  cuts.push_back(close);
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const std::string choice = pattern.substr(cuts[i] + 1, cuts[i + 1] - cuts[i] - 1);
    ExpandBraces(pattern.substr(0, open) + choice + pattern.substr(close + 1), patterns);
  }
}

/// The folder that is surely there is made canonical, the rest stays a pattern.
std::string CanonicalPattern(const std::string& pattern) {
  const size_t special = pattern.find_first_of("*?[");
  const size_t slash = pattern.rfind('/', special);
  const std::string folder = slash == std::string::npos ? "." : pattern.substr(0, slash + 1);
  const std::string rest = slash == std::string::npos ? pattern : pattern.substr(slash + 1);
  std::string canonical = Escaped(Canonical(folder));
  if (!canonical.ends_with('/')) canonical += '/';
  return canonical + rest;
}

void AddFolder(const std::string& folder, ReadPlaces& places) {
  places.patterns.push_back(Escaped(Canonical(folder)) + "/*");
}

}  // namespace

ReadPlaces FilePlacesRead(const ConnectorOptions& options, const std::string& name) {
  ReadPlaces places;
  if (auto files = FindInputFiles(options, name); files.ok()) {
    for (const std::string& file : *files) places.exact.push_back(Canonical(file));
  }
  // What a sink without `path` would be called is where a source without one looks.
  const Result<std::string> path = OutputPath(options, name);
  if (!path.ok()) return places;
  std::error_code ignored;
  if (!options.Has("path")) {
    AddFolder(*path, places);
    places.patterns.push_back(Escaped(Canonical(*path)) + ".*");
  } else if (fs::is_directory(*path, ignored)) {
    AddFolder(*path, places);
  } else if (!fs::exists(*path, ignored) && path->find_first_of("*?[{") != std::string::npos) {
    std::vector<std::string> patterns;
    ExpandBraces(*path, patterns);
    for (const std::string& pattern : patterns) {
      places.patterns.push_back(CanonicalPattern(pattern));
    }
  } else {
    places.exact.push_back(Canonical(*path));
    // What is not there yet may become a folder of parts.
    AddFolder(*path, places);
  }
  return places;
}

std::string FilePlaceWritten(const ConnectorOptions& options, const std::string& name,
                             const std::string& format) {
  const Result<std::string> path = OutputPath(options, name);
  if (!path.ok() || path->empty()) return "";
  if (options.GetBool("single")) return Canonical(*path);
  const std::string suffix = FileFormat(options, format, *path) == "csv" ? "csv" : "jsonl";
  return Canonical(*path) + "/part-0-0-000000." + suffix +
         std::string(CompressionSuffix(options.GetString("compression", "none")));
}

}  // namespace weir
