#include <vector>

#include "compiler/syntax/brackets.h"
#include "compiler/syntax/words.h"

namespace weir::syntax {
namespace {

constexpr size_t kMostBrackets = 256;
constexpr size_t kMostDepth = 1000;

/// Tokens that make the tree deeper by one: binary and prefix operators, member access.
bool Deepens(size_t type) {
  switch (type) {
    case FlowParser::K_NOT:
    case FlowParser::K_TRY:
    case FlowParser::K_IF:
    case FlowParser::K_ELSE:
    case FlowParser::K_WITH:
    case FlowParser::K_IS:
    case FlowParser::DOT:
    case FlowParser::SAFE_DOT: return true;
    default: return IsBinaryOperator(type);
  }
}

/// Tokens after which an operand chain starts anew.
bool Separates(const Token& token) {
  switch (token.type) {
    case FlowParser::COMMA:
    case FlowParser::PIPE:
    case FlowParser::COLON:
    case FlowParser::ARROW:
    case FlowParser::ASSIGN:
    case FlowParser::ADD_ASSIGN:
    case FlowParser::SUB_ASSIGN:
    case FlowParser::OPT_ASSIGN:
    case FlowParser::K_LET:
    case FlowParser::K_EXPECT: return true;
    default:
      return token.first_on_line && (IsItemWord(token.type) || token.type == FlowParser::K_USE);
  }
}

}  // namespace

bool CheckNesting(const Tokens& tokens, DiagnosticEngine& diagnostics) {
  std::vector<size_t> chains{0};  // Operators so far in the chain of each open bracket.
  size_t depth = 0;               // Sum of `chains` plus the brackets.
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens.at(i);
    switch (token.type) {
      case FlowParser::LPAREN:
      case FlowParser::LBRACKET:
      case FlowParser::LBRACE:
        chains.push_back(0);
        ++depth;
        break;
      case FlowParser::RPAREN:
      case FlowParser::RBRACKET:
      case FlowParser::RBRACE:
        // A call, an index or a `with` may be followed by another: it counts as a link of the
        // chain outside.
        if (chains.size() > 1) {
          depth -= chains.back() + 1;
          chains.pop_back();
          const bool chained =
              token.type == FlowParser::RBRACKET && tokens.type(i + 1) == FlowParser::LBRACKET;
          if (chained) {
            ++chains.back();
            ++depth;
          }
        }
        break;
      default:
        if (Separates(token)) {
          depth -= chains.back();
          chains.back() = 0;
        } else if (Deepens(token.type)) {
          ++chains.back();
          ++depth;
        }
    }
    if (chains.size() - 1 > kMostBrackets || depth > kMostDepth) {
      diagnostics.Report(Code::kF0034, token.span)
          .Note("at most 256 brackets and 1000 operators may stand inside each other")
          .Help("name a part of it: `extend x = …` in a pipeline, `fn` for a function");
      return false;
    }
  }
  return true;
}

}  // namespace weir::syntax
