#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/jsonschema/json_schema_importer.h"
#include "compiler/semantic/flow_compile.h"
#include "compiler/source/source_manager.h"

namespace weir {

/// Modules of the library and files, as `flowc` finds them.
class LibraryModules final : public semantic::ModuleLoader {
 public:
  LibraryModules(SourceManager& sources, DiagnosticEngine& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}
  Module LoadByName(const std::string& dotted) override;
  Module LoadByPath(const std::string& path) override;
  std::vector<std::string> Names() const override;

 private:
  Module Parse(const std::string& key, const SourceFile& source);

  SourceManager& sources_;
  DiagnosticEngine& diagnostics_;
  std::map<std::string, Module> known_;
  std::vector<std::unique_ptr<ast::File>> files_;
};

/// A file compiled with all functions and connectors of the program, as `flowc check` does.
class CompiledText {
 public:
  CompiledText();
  /// A file that the program names: a schema, DDL. Before Compile.
  void AddFile(const std::string& path, std::string text) { sources_.Add(path, std::move(text)); }
  /// False for a mistake of the command line, whose message is in `usage_error`.
  bool Compile(const std::string& path, const std::string& text, const std::string& profile = "");

  const DiagnosticEngine& diagnostics() const { return diagnostics_; }
  const SourceManager& sources() const { return sources_; }
  const semantic::CompiledPipeline& pipeline() const { return *pipeline_; }
  bool Has(Code code) const;
  /// As people see it, without colours.
  std::string Report() const;
  std::string usage_error;

 private:
  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  LibraryModules modules_;
  jsonschema::JsonSchemaImporter importer_{&sources_};
  semantic::CompileOptions options_;
  std::unique_ptr<ast::File> file_;
  std::unique_ptr<semantic::CompiledPipeline> pipeline_;
};

}  // namespace weir
