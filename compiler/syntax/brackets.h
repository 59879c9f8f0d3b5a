#pragma once

#include <cstddef>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {

/// Tokens [begin, end) between an unbalanced bracket and the next declaration: what the parser
/// finds there follows from the bracket and is not reported.
struct BrokenRange {
  size_t begin = 0;
  size_t end = 0;
};

/// Reports brackets that are never closed or close nothing.
std::vector<BrokenRange> CheckBrackets(const Tokens& tokens, DiagnosticEngine& diagnostics);

/// Nesting is limited before the parser and every later pass recurse: at most 256 brackets inside
/// each other and 1000 operators and brackets on the way to any operand. False if it was reported.
bool CheckNesting(const Tokens& tokens, DiagnosticEngine& diagnostics);

}  // namespace weir::syntax
