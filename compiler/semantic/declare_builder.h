#pragma once

#include <memory>
#include <string>

#include "compiler/semantic/declare_data.h"

namespace weir::semantic {

/// Fills a Catalog: names first, then `use`, profiles, parameters, types, functions, and last the
/// declarations that need all of these.
class CatalogBuilder {
 public:
  CatalogBuilder(const ast::File& file, const SourceManager& sources, const CompileOptions& options,
                 DiagnosticEngine& diagnostics, ModuleTable& modules);

  std::unique_ptr<Catalog> Build(Status* usage);

 private:
  // declare_names.cc
  void CollectNames();
  void CollectItem(const ast::Item& item);
  bool DeclareFlow(const ast::Item& item, FlowKind kind, size_t index);
  void DeclareType(const ast::Item& item);
  void DeclareFunction(const ast::FunctionDecl& decl);
  void DeclareTemplate(const ast::TemplateDecl& decl);
  bool DeclareParameter(const ast::Item& item);
  void ReportTwice(const ast::Name& name, Span first);

  // declare_uses.cc
  void ResolveUses();
  void ResolveUse(const ast::UseDecl& use);
  const Catalog* LoadModule(const ast::UseDecl& use);
  void ImportName(const ast::Name& name, const Catalog& module, const std::string& module_name);

  // declare_profiles.cc
  Status ResolveProfiles();
  void CheckProfile(const ast::ProfileDecl& profile);
  ProfileChain ChainOf(const ast::ProfileDecl& profile);
  const ast::ProfileDecl* FindProfile(std::string_view name) const;

  void ResolveFlows();

  std::unique_ptr<Catalog> catalog_;
  CatalogData& data_;
};

}  // namespace weir::semantic
