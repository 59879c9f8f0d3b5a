#include "compiler/diagnostics/explain.h"

#include <cstddef>
#include <string>
#include <utility>

namespace weir {

// Defined in the generated file (generate_explain.cmake).
extern const std::pair<std::string_view, std::string_view> kExplainPages[];
extern const std::size_t kExplainPagesCount;

std::string_view ExplainPage(Code code) {
  const std::string file = std::string(InfoOf(code).name) + ".md";
  for (std::size_t i = 0; i < kExplainPagesCount; ++i) {
    if (kExplainPages[i].first == file) return kExplainPages[i].second;
  }
  return {};
}

std::string_view ExplainTitle(Code code) {
  // "# F0002: title"
  const std::string_view page = ExplainPage(code);
  const size_t end = page.find('\n');
  const size_t colon = page.find(": ");
  if (end == std::string_view::npos || colon == std::string_view::npos || colon > end) {
    return InfoOf(code).message;
  }
  return page.substr(colon + 2, end - colon - 2);
}

std::string_view ExplainExample(std::string_view page, std::string_view which) {
  const std::string fence = "```flow " + std::string(which) + "\n";
  const size_t begin = page.find(fence);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = page.substr(begin + fence.size());
  return rest.substr(0, rest.find("```"));
}

}  // namespace weir
