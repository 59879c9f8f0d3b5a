#include "tests/unit/compiler/semantic/compiled_text.h"

#include "compiler/diagnostics/renderer.h"
#include "compiler/syntax/parse.h"
#include "runtime/connectors/all_connectors.h"
#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/modules/module_texts.h"
#include "stdlib/scalar/all_functions.h"

namespace weir {
namespace {

const FunctionRegistry& AllFunctions() {
  static const FunctionRegistry registry = [] {
    FunctionRegistry made;
    RegisterScalarFunctions(made);
    RegisterAggregates(made);
    return made;
  }();
  return registry;
}

const ConnectorRegistry& AllConnectors() {
  static const std::unique_ptr<ConnectorRegistry> registry = [] {
    auto made = std::make_unique<ConnectorRegistry>();
    RegisterAllConnectors(*made);
    return made;
  }();
  return *registry;
}

}  // namespace

semantic::ModuleLoader::Module LibraryModules::Parse(const std::string& key,
                                                     const SourceFile& source) {
  auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  files_.push_back(ParseFile(source, diagnostics_));
  return known_[key] = Module{files_.back().get(), &source};
}

semantic::ModuleLoader::Module LibraryModules::LoadByName(const std::string& dotted) {
  if (auto found = known_.find(dotted); found != known_.end()) return found->second;
  std::optional<std::string_view> text = ModuleText(dotted);
  if (!text) return {};
  return Parse(dotted, sources_.Add(ModulePath(dotted), std::string(*text)));
}

semantic::ModuleLoader::Module LibraryModules::LoadByPath(const std::string& path) {
  const LoadedSource loaded = sources_.Load(path);
  return loaded.file == nullptr ? Module{} : Parse(path, *loaded.file);
}

std::vector<std::string> LibraryModules::Names() const { return ModuleNames(); }

CompiledText::CompiledText() : modules_(sources_, diagnostics_) {
  options_.functions = &AllFunctions();
  options_.connectors = &AllConnectors();
  options_.modules = &modules_;
  options_.importer = &importer_;
  options_.load = [this](const std::string& file) { return sources_.Load(file); };
  options_.environment = [](const std::string&) { return std::optional<std::string>(); };
}

bool CompiledText::Compile(const std::string& path, const std::string& text,
                           const std::string& profile) {
  options_.profile = profile;
  file_ = ParseFile(sources_.Add(path, text), diagnostics_);
  auto compiled = semantic::Compile(*file_, sources_, options_, diagnostics_);
  if (!compiled.ok()) {
    usage_error = compiled.status().message();
    return false;
  }
  pipeline_ = *std::move(compiled);
  return true;
}

bool CompiledText::Has(Code code) const {
  for (const Diagnostic& diagnostic : diagnostics_.diagnostics()) {
    if (diagnostic.code == code) return true;
  }
  return false;
}

std::string CompiledText::Report() const { return RenderText(diagnostics_, sources_); }

}  // namespace weir
