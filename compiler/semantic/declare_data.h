#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/semantic/declare_catalog.h"

namespace weir::semantic {

/// Types, functions and parameters are resolved when they are first asked for; meeting one that is
/// still being resolved means that it needs itself.
enum class Progress : uint8_t { kNew, kBusy, kDone };

struct TypeEntry {
  const ast::Item* item = nullptr;  ///< TypeDecl or SchemaDecl; null for an imported one
  const Catalog* module = nullptr;  ///< of an imported one
  std::string name;                 ///< in its module
  Progress progress = Progress::kNew;
  TypeUse use;
};

struct FunctionEntry {
  FunctionInfo info;
  const Catalog* module = nullptr;  ///< of an imported one; then info is not used
  Progress progress = Progress::kNew;
};

struct TemplateEntry {
  TemplateInfo info;
};

struct ModuleEntry {
  const Catalog* catalog = nullptr;
  Span declared;
};

/// Modules of one compilation, each built once.
struct ModuleTable {
  CompileOptions options;  ///< no profile, no parameters of the command line
  std::map<const ast::File*, std::unique_ptr<Catalog>> catalogs;
  std::vector<const ast::File*> busy;
};

/// A profile that applies, the most derived first.
using ProfileChain = std::vector<const ast::ProfileDecl*>;

/// What a Catalog knows.
class CatalogData {
 public:
  const ast::File* file = nullptr;
  const SourceManager* sources = nullptr;
  const CompileOptions* options = nullptr;
  DiagnosticEngine* diagnostics = nullptr;
  ModuleTable* modules = nullptr;
  std::unique_ptr<ModuleTable>
      owned_modules;  ///< of the file that is compiled; null in its modules
  std::string base_dir;

  std::vector<const ast::ProfileDecl*> profiles;
  ProfileChain chain;
  std::string profile;

  std::unordered_map<std::string, TypeEntry> types;
  std::unordered_map<std::string, FunctionEntry> functions;
  std::unordered_map<std::string, TemplateEntry> templates;
  std::unordered_map<std::string, ModuleEntry> aliases;
  std::unordered_map<std::string, FlowName> flow_names;
  std::unordered_map<std::string, Span> parameter_names;

  std::vector<ParamInfo> params;
  std::vector<Progress> param_progress;
  std::string usage_error;  ///< of --param
  std::vector<SecretInfo> secrets;
  std::vector<SchemaInfoPtr> schemas;
  std::vector<SourceInfo> source_infos;
  std::vector<TableInfo> tables;
  std::vector<SinkInfo> sinks;
  std::vector<StreamInfo> streams;
  std::vector<ViewInfo> views;
  std::vector<const ast::FlowDecl*> flows;
  std::vector<FixtureInfo> fixtures;
  std::vector<const ast::TestDecl*> tests;
  std::vector<const ast::AlertDecl*> alerts;
  std::vector<const ast::SloDecl*> slos;
};

}  // namespace weir::semantic
