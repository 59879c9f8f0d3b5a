#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/file.h"
#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/source/source_file.h"
#include "compiler/source/source_manager.h"
#include "runtime/base/result.h"
#include "runtime/connector/connector_spec.h"
#include "runtime/types/value_rules.h"
#include "stdlib/api/function_registry.h"

namespace weir::semantic {

/// Finds and parses what `use` names. Owned by the program (or a test): the semantic layer sees no
/// parser. Files stay valid as long as the loader; the same module is parsed once.
class ModuleLoader {
 public:
  struct Module {
    const ast::File* file = nullptr;
    const SourceFile* source = nullptr;
  };

  virtual ~ModuleLoader() = default;
  /// By dotted name: "std.errors". Syntax errors are reported by the loader. Null: there is none.
  virtual Module LoadByName(const std::string& dotted) = 0;
  /// By path, already relative to the working directory.
  virtual Module LoadByPath(const std::string& path) = 0;
  /// Dotted names that LoadByName knows, for suggestions.
  virtual std::vector<std::string> Names() const = 0;
};

/// A schema of another language as .flow would declare it.
struct ImportedSchema {
  const ast::SchemaDecl* decl = nullptr;       ///< null: refused, and reported
  std::map<std::string, ValueRulesPtr> rules;  ///< of fields, where there are some
  /// What elements of lists and values of maps must satisfy, by their type: .flow has no place for
  /// a `where` there.
  std::map<const ast::TypeRef*, const ast::Expr*> demands;
};

/// Reads schemas of other languages: jsonschema(…). Owned by the program, as ModuleLoader. Null in
/// CompileOptions: such a schema is an error.
class SchemaImporter {
 public:
  virtual ~SchemaImporter() = default;
  /// `arguments` of the call as ConnectorOptions: positional ones are named "0", "1"; paths are
  /// relative to `base_dir`. Fields that `decl` declares itself are left out. The result is valid
  /// as long as the importer.
  virtual ImportedSchema Import(const ast::SchemaDecl& decl, const ConnectorOptions& arguments,
                                const std::string& base_dir, DiagnosticEngine& diagnostics) = 0;
};

/// What a compilation is given besides the file. Pointers must outlive the Catalog.
struct CompileOptions {
  std::string profile;                        ///< "": the default profile
  std::map<std::string, std::string> params;  ///< --param K=V, as typed on the command line
  const FunctionRegistry* functions = nullptr;
  const ConnectorRegistry* connectors = nullptr;
  ModuleLoader* modules = nullptr;  ///< null: every `use` is an error
  SchemaImporter* importer = nullptr;
  /// Reads a file beside the program's (DDL), so that diagnostics can point into it. Null: rows are
  /// not checked against such files.
  std::function<LoadedSource(const std::string& path)> load;
  /// `flowc check`: a missing environment variable or secret is no error, a stand-in is used.
  bool check_only = true;
  /// Null: the environment of the process.
  std::function<std::optional<std::string>(const std::string& name)> environment;
};

}  // namespace weir::semantic
