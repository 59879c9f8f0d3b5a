// use std.errors.{DeadLetter}, use "file.flow" as x.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/declare_builder.h"

namespace weir::semantic {

namespace {

std::string ModuleText(const ast::UseDecl& use) {
  return use.path ? use.path->text : use.module.Joined();
}

Span ModuleSpan(const ast::UseDecl& use) { return use.path ? use.path->span : use.module.span; }

}  // namespace

void CatalogBuilder::ResolveUses() {
  for (const ast::ItemPtr& item : data_.file->items) {
    if (item->kind == ast::ItemKind::kUse && !item->has_errors) {
      ResolveUse(item->As<ast::UseDecl>());
    }
  }
}

const Catalog* CatalogBuilder::LoadModule(const ast::UseDecl& use) {
  const std::string text = ModuleText(use);
  ModuleLoader* loader = data_.options->modules;
  ModuleLoader::Module module;
  if (loader != nullptr) {
    module =
        use.path
            ? loader->LoadByPath((std::filesystem::path(data_.base_dir) / use.path->text).string())
            : loader->LoadByName(text);
  }
  if (module.file == nullptr) {
    DiagnosticBuilder report = data_.diagnostics->Report(Code::kF0104, ModuleSpan(use)).Arg(text);
    if (use.path) {
      report.Help("paths are relative to this file");
    } else if (loader != nullptr) {
      report.Help(SuggestHelp(text, loader->Names()));
    }
    return nullptr;
  }
  ModuleTable& table = *data_.modules;
  if (std::find(table.busy.begin(), table.busy.end(), module.file) != table.busy.end()) {
    data_.diagnostics->Report(Code::kF0103, ModuleSpan(use)).Arg("module").Arg(text);
    return nullptr;
  }
  auto known = table.catalogs.find(module.file);
  if (known == table.catalogs.end()) {
    Status usage;
    CatalogBuilder builder(*module.file, *data_.sources, table.options, *data_.diagnostics, table);
    std::unique_ptr<Catalog> built = builder.Build(&usage);
    known = table.catalogs.emplace(module.file, std::move(built)).first;
  }
  return known->second.get();
}

void CatalogBuilder::ResolveUse(const ast::UseDecl& use) {
  const Catalog* module = LoadModule(use);
  if (module == nullptr) {
    // Names of a module that is not there are known, but nothing more.
    for (const ast::Name& name : use.names) {
      TypeEntry& entry = data_.types[name.text];
      entry.progress = Progress::kDone;
    }
    return;
  }
  const std::string text = ModuleText(use);
  if (!use.names.empty()) {
    for (const ast::Name& name : use.names) ImportName(name, *module, text);
    return;
  }
  std::string alias = use.alias ? use.alias->text : std::string();
  if (alias.empty()) {
    alias = use.path ? std::filesystem::path(text).stem().string() : use.module.parts.back().text;
  }
  data_.aliases[alias] = {module, ModuleSpan(use)};
}

void CatalogBuilder::ImportName(const ast::Name& name, const Catalog& module,
                                const std::string& module_name) {
  const CatalogData& from = module.data();
  bool found = false;
  if (from.types.contains(name.text)) {
    found = true;
    auto [place, is_new] = data_.types.try_emplace(name.text);
    if (is_new) {
      place->second.module = &module;
      place->second.name = name.text;
    } else if (place->second.item != nullptr) {
      ReportTwice(place->second.item->name, name.span);
    }
  }
  if (from.functions.contains(name.text)) {
    found = true;
    auto [place, is_new] = data_.functions.try_emplace(name.text);
    if (is_new) {
      place->second.info.name = name.text;
      place->second.module = &module;
    } else if (place->second.info.decl != nullptr) {
      ReportTwice(place->second.info.decl->name, name.span);
    }
  }
  if (auto known = from.templates.find(name.text); known != from.templates.end()) {
    found = true;
    data_.templates.try_emplace(name.text, known->second);
  }
  if (found) return;
  std::vector<std::string> names = module.FunctionNames();
  for (const auto& [known, entry] : from.types) names.push_back(known);
  for (const auto& [known, entry] : from.templates) names.push_back(known);
  std::sort(names.begin(), names.end());
  data_.diagnostics->Report(Code::kF0105, name.span)
      .Arg(module_name)
      .Arg(name.text)
      .Help(SuggestHelp(name.text, names));
  data_.types.try_emplace(name.text).first->second.progress = Progress::kDone;
}

}  // namespace weir::semantic
