#pragma once

#include <optional>
#include <vector>

#include "compiler/ast/declarations.h"
#include "compiler/ast/item.h"
#include "compiler/ast/test.h"

namespace weir::ast {

/// pipeline name { settings } or module name
struct ModuleHead {
  bool is_module = false;  ///< `module` instead of `pipeline`.
  QualifiedName name;
  bool has_body = false;
  std::vector<Assignment> settings;
  std::optional<Route> errors;  ///< `errors -> stream`.
  Span errors_span;
  std::vector<Annotation> annotations;
  DocComment doc;
  Span span;
};

/// One parsed .flow file. Owns all nodes; no node outlives it. Immutable after parsing.
struct File {
  FileId file = kNoFile;
  std::optional<ModuleHead> head;
  std::vector<ItemPtr> items;  ///< In the order of the source.
  bool has_errors = false;     ///< Some syntax error was reported for this file.
  Span span;
};

}  // namespace weir::ast
