#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {

/// The place where the parser could not go on.
struct SyntaxError {
  size_t at = 0;               ///< Offending token.
  size_t item = 0;             ///< First token of the declaration.
  std::vector<size_t> rules;   ///< Grammar rules, innermost first; empty right after a declaration.
  std::vector<size_t> starts;  ///< First token of each of them.
  antlr4::misc::IntervalSet expected;  ///< Tokens that would have fitted.
  bool in_decision =
      false;  ///< Several alternatives were open: `expected` is only the first token.

  const antlr4::dfa::Vocabulary* vocabulary = nullptr;  ///< Names of tokens.

  bool In(size_t rule) const;
  /// The rule that the parser was in; kNoRule right after a declaration.
  size_t Innermost() const { return rules.empty() ? kNoRule : rules.front(); }
  static constexpr size_t kNoRule = static_cast<size_t>(-1);
};

/// A token that the parser should read differently to get past the error.
struct Retyping {
  size_t index = 0;
  size_t type = 0;
};

/// What to tell the user.
struct Explanation {
  Diagnostic diagnostic;
  std::optional<Retyping> retyping;
};

/// Finds the one message for an error: known slips first, else what was expected and found.
Explanation Explain(const Tokens& tokens, const SyntaxError& error);

/// For a token at which no declaration can start, outside of any declaration.
Explanation ExplainTopLevel(const Tokens& tokens, size_t at);

/// "a stage", "`)`", "`lag`, `ascending` or `none`": what could stand at the error.
std::string DescribeExpected(const Tokens& tokens, const SyntaxError& error);
/// "`x`", "the end of the file".
std::string DescribeFound(const Tokens& tokens, size_t at);

}  // namespace weir::syntax
