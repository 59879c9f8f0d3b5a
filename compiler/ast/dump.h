#pragma once

#include <string>

#include "compiler/ast/file.h"

namespace weir::ast {

/// The structure of a file as text: one node a line, children indented; no spans, comments or
/// parentheses. Equal dumps mean equal programs up to layout. For tests.
std::string Dump(const File& file);
/// One expression on one line: (+ a (call f b)).
std::string Dump(const Expr& expr);
/// "list<decimal(10, 2)?>".
std::string Dump(const TypeRef& type);

}  // namespace weir::ast
