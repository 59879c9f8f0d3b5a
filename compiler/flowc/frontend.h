#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/jsonschema/json_schema_importer.h"
#include "compiler/plan/physical_plan.h"
#include "compiler/semantic/flow_compile.h"
#include "compiler/source/source_manager.h"

namespace weir::flowc {

class ModuleFiles;

/// How a file is to be compiled.
struct FrontendOptions {
  std::string profile;
  std::vector<std::string> params;  ///< K=V
  bool check_only = true;
  bool optimize = true;
  bool keep_streams = false;       ///< tests look into streams that nobody reads
  std::vector<std::string> watch;  ///< streams that are looked into all the same
};

/// From a file to plans, with the functions, connectors and modules of this program. Everything it
/// made lives as long as it does.
class Frontend {
 public:
  Frontend();
  ~Frontend();

  /// Null `logical` and `physical` after errors, which are in diagnostics().
  struct Compiled {
    std::unique_ptr<semantic::CompiledPipeline> pipeline;
    std::shared_ptr<const plan::LogicalPlan> logical;
    std::shared_ptr<const plan::PhysicalPlan> physical;
  };
  /// Fails for wrong usage only (unknown profile or parameter); the caller exits with kExitUsage.
  Result<Compiled> Compile(const std::string& path, const FrontendOptions& options);
  /// The same for a text in memory; `path` is what diagnostics call it.
  Result<Compiled> CompileText(const std::string& path, std::string text,
                               const FrontendOptions& options);

  DiagnosticEngine& diagnostics() { return diagnostics_; }
  SourceManager& sources() { return sources_; }
  const ConnectorRegistry& connectors() const { return connectors_; }
  const FunctionRegistry& functions() const { return functions_; }
  /// Errors that no diagnostic can carry: a plan that does not hold together.
  const std::vector<std::string>& failures() const { return failures_; }
  bool failed() const { return !failures_.empty() || diagnostics_.HasErrors(); }
  /// Everything there is to say about the compiled files, on stderr.
  void Report() const;

 private:
  Result<Compiled> CompileSource(const SourceFile& source, const FrontendOptions& options);

  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  FunctionRegistry functions_;
  ConnectorRegistry connectors_;
  std::unique_ptr<ModuleFiles> modules_;
  jsonschema::JsonSchemaImporter importer_{&sources_};
  std::vector<std::unique_ptr<ast::File>> files_;
  std::vector<std::unique_ptr<semantic::CompileOptions>> options_;
  std::vector<std::string> failures_;
};

}  // namespace weir::flowc
