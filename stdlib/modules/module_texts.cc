#include "stdlib/modules/module_texts.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace weir {

// Defined in the generated file (generate_modules.cmake).
extern const std::pair<std::string_view, std::string_view> kModuleTexts[];
extern const std::size_t kModuleTextsCount;

std::string ModulePath(std::string_view dotted) {
  std::string path(dotted);
  std::replace(path.begin(), path.end(), '.', '/');
  return path + ".flow";
}

std::optional<std::string_view> ModuleText(std::string_view dotted) {
  const std::string path = ModulePath(dotted);
  for (std::size_t i = 0; i < kModuleTextsCount; ++i) {
    if (kModuleTexts[i].first == path) return kModuleTexts[i].second;
  }
  return std::nullopt;
}

std::vector<std::string> ModuleNames() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kModuleTextsCount; ++i) {
    std::string name(kModuleTexts[i].first);
    name.resize(name.rfind(".flow"));
    std::replace(name.begin(), name.end(), '/', '.');
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace weir
