#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/semantic/declare_options.h"
#include "compiler/source/source_manager.h"

namespace weir::flowc {

/// Modules of `use`: those of the standard library are part of the program, the others are files.
class ModuleFiles final : public semantic::ModuleLoader {
 public:
  ModuleFiles(SourceManager* sources, DiagnosticEngine* diagnostics);
  ~ModuleFiles() override;

  Module LoadByName(const std::string& dotted) override;
  Module LoadByPath(const std::string& path) override;
  std::vector<std::string> Names() const override;

 private:
  Module Parse(const std::string& key, const SourceFile& source);

  SourceManager* sources_;
  DiagnosticEngine* diagnostics_;
  std::map<std::string, Module> loaded_;
  std::vector<std::unique_ptr<ast::File>> files_;
};

}  // namespace weir::flowc
