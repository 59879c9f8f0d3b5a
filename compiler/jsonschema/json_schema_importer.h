#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/ast/file.h"
#include "compiler/semantic/declare_options.h"
#include "compiler/source/source_manager.h"

namespace weir::jsonschema {

/// `schema X = jsonschema("f.json") { … }`. Owned by the program beside its SourceManager; what it
/// read lives as long as it does. One thread.
class JsonSchemaImporter final : public semantic::SchemaImporter {
 public:
  explicit JsonSchemaImporter(SourceManager* sources) : sources_(sources) {}
  ~JsonSchemaImporter() override;

  semantic::ImportedSchema Import(const ast::SchemaDecl& decl, const ConnectorOptions& arguments,
                                  const std::string& base_dir,
                                  DiagnosticEngine& diagnostics) override;

 private:
  SourceManager* sources_;
  std::vector<std::unique_ptr<ast::File>> files_;
};

}  // namespace weir::jsonschema
