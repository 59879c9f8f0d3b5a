#include "compiler/syntax/recovery.h"

#include <algorithm>

#include "compiler/syntax/words.h"

namespace weir::syntax {
namespace {

/// The tokens at `index` look like the head of a declaration, wherever they stand.
bool LooksLikeItem(const Tokens& tokens, size_t index) {
  const size_t type = tokens.type(index);
  const size_t next = tokens.type(index + 1);
  if (type == FlowParser::AT_SIGN) return IsNameToken(next);
  if (type == FlowParser::K_TEST || type == FlowParser::K_USE) {
    return IsNameToken(next) || next == FlowParser::STRING;
  }
  // A reserved word may stand where a name belongs by mistake: `stream match = …`.
  const bool named = IsNameToken(next) || (type != FlowParser::K_FROM && IsReservedWord(next));
  return (IsItemWord(type) || type == FlowParser::K_PIPELINE || type == FlowParser::K_MODULE) &&
         named;
}

int Nesting(size_t type) {
  switch (type) {
    case FlowParser::LPAREN:
    case FlowParser::LBRACKET:
    case FlowParser::LBRACE: return 1;
    case FlowParser::RPAREN:
    case FlowParser::RBRACKET:
    case FlowParser::RBRACE: return -1;
    default: return 0;
  }
}

bool StartsEntry(size_t type) {
  switch (type) {
    case FlowParser::K_IF:
    case FlowParser::K_LET:
    case FlowParser::K_MATCH:
    case FlowParser::K_EMIT:
    case FlowParser::K_ELSE:
    case FlowParser::K_ON:
    case FlowParser::K_FROM:
    case FlowParser::K_WHERE:
    case FlowParser::STRING:
    case FlowParser::ELLIPSIS: return true;
    default: return IsNameToken(type);
  }
}

}  // namespace

bool IsItemStart(const Tokens& tokens, size_t index) {
  const Token& token = tokens.at(index);
  return token.first_on_line && token.column == 0 && LooksLikeItem(tokens, index);
}

size_t NextItemStart(const Tokens& tokens, size_t start, size_t from) {
  const uint32_t indentation = tokens.at(start).first_on_line ? tokens.at(start).column : 0;
  for (size_t i = std::max(from, start + 1); i + 1 < tokens.size(); ++i) {
    const Token& token = tokens.at(i);
    if (token.first_on_line && token.column <= indentation && LooksLikeItem(tokens, i)) return i;
  }
  return tokens.size() - 1;
}

size_t NextStage(const Tokens& tokens, size_t from) {
  for (size_t i = from; i + 1 < tokens.size(); ++i) {
    if (IsItemStart(tokens, i)) return kNowhere;
    if (tokens.type(i) == FlowParser::PIPE) return i;
  }
  return kNowhere;
}

size_t NextEntry(const Tokens& tokens, size_t start, size_t from) {
  int depth = 0;
  for (size_t i = start; i + 1 < tokens.size(); ++i) {
    const size_t type = tokens.type(i);
    if (i > start && (IsItemStart(tokens, i) || type == FlowParser::PIPE)) return kNowhere;
    depth += Nesting(type);
    if (depth < 0) return i >= from ? i : kNowhere;
    const bool next_line = i > start && i >= from && tokens.at(i).first_on_line;
    if (next_line && depth == 0 && StartsEntry(type)) return i;
  }
  return kNowhere;
}

}  // namespace weir::syntax
