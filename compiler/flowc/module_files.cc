#include "compiler/flowc/module_files.h"

#include "compiler/syntax/parse.h"
#include "stdlib/modules/module_texts.h"

namespace weir::flowc {

ModuleFiles::ModuleFiles(SourceManager* sources, DiagnosticEngine* diagnostics)
    : sources_(sources), diagnostics_(diagnostics) {}

ModuleFiles::~ModuleFiles() = default;

semantic::ModuleLoader::Module ModuleFiles::Parse(const std::string& key,
                                                  const SourceFile& source) {
  files_.push_back(ParseFile(source, *diagnostics_));
  const Module module{files_.back().get(), &source};
  loaded_.emplace(key, module);
  return module;
}

semantic::ModuleLoader::Module ModuleFiles::LoadByName(const std::string& dotted) {
  const auto found = loaded_.find(dotted);
  if (found != loaded_.end()) return found->second;
  const std::optional<std::string_view> text = ModuleText(dotted);
  if (!text) return {};
  return Parse(dotted, sources_->Add(ModulePath(dotted), std::string(*text)));
}

semantic::ModuleLoader::Module ModuleFiles::LoadByPath(const std::string& path) {
  const std::string key = "file:" + path;
  const auto found = loaded_.find(key);
  if (found != loaded_.end()) return found->second;
  const LoadedSource loaded = sources_->Load(path);
  if (loaded.file == nullptr) return {};
  return Parse(key, *loaded.file);
}

std::vector<std::string> ModuleFiles::Names() const { return ModuleNames(); }

}  // namespace weir::flowc
