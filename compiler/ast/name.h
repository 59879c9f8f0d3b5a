#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/span.h"

namespace weir::ast {

/// An identifier as meant: without backticks. Empty text stands for "missing" (after an error).
struct Name {
  std::string text;
  Span span;

  bool empty() const { return text.empty(); }
};

/// a.b.c
struct QualifiedName {
  std::vector<Name> parts;
  Span span;

  /// "a.b.c".
  std::string Joined() const;
};

/// A plain string where the grammar wants one and not an expression; unescaped.
struct StringValue {
  std::string text;
  Span span;
};

/// The `///` lines above an item, without the slashes and one leading blank, joined by "\n".
struct DocComment {
  std::string text;
  Span span;

  bool empty() const { return text.empty(); }
};

}  // namespace weir::ast
