#include "compiler/syntax/antlr.h"
#include "compiler/syntax/words.h"

namespace weir::syntax {

bool IsNameToken(size_t type) {
  return type == FlowParser::IDENT || type == FlowParser::QUOTED_IDENT ||
         (type >= FlowParser::K_ADVANCE && type <= FlowParser::K_WITHOUT);
}

bool IsReservedWord(size_t type) { return type >= FlowParser::K_AND && type <= FlowParser::K_WITH; }

bool IsItemWord(size_t type) {
  switch (type) {
    case FlowParser::K_USE:
    case FlowParser::K_PARAM:
    case FlowParser::K_SECRET:
    case FlowParser::K_PROFILE:
    case FlowParser::K_TYPE:
    case FlowParser::K_SCHEMA:
    case FlowParser::K_FN:
    case FlowParser::K_TEMPLATE:
    case FlowParser::K_SOURCE:
    case FlowParser::K_TABLE:
    case FlowParser::K_STREAM:
    case FlowParser::K_VIEW:
    case FlowParser::K_SINK:
    case FlowParser::K_FROM:
    case FlowParser::K_ALERT:
    case FlowParser::K_SLO:
    case FlowParser::K_FIXTURE:
    case FlowParser::K_TEST: return true;
    default: return false;
  }
}

bool IsStageWord(size_t type) {
  switch (type) {
    case FlowParser::K_WHERE:
    case FlowParser::K_SELECT:
    case FlowParser::K_EXTEND:
    case FlowParser::K_SET:
    case FlowParser::K_WITHOUT:
    case FlowParser::K_VALIDATE:
    case FlowParser::K_DEDUPE:
    case FlowParser::K_LOOKUP:
    case FlowParser::K_JOIN:
    case FlowParser::K_AGGREGATE:
    case FlowParser::K_SESSION:
    case FlowParser::K_PROCESS:
    case FlowParser::K_ANOMALY:
    case FlowParser::K_ROUTE:
    case FlowParser::K_UNION:
    case FlowParser::K_FLATTEN:
    case FlowParser::K_TOP:
    case FlowParser::K_SORT:
    case FlowParser::K_LIMIT:
    case FlowParser::K_SAMPLE:
    case FlowParser::K_REKEY:
    case FlowParser::K_APPLY:
    case FlowParser::K_INTO: return true;
    default: return false;
  }
}

bool EndsExpression(size_t type) {
  switch (type) {
    case FlowParser::RPAREN:
    case FlowParser::RBRACKET:
    case FlowParser::RBRACE:
    case FlowParser::K_NULL:
    case FlowParser::K_TRUE:
    case FlowParser::K_FALSE:
    case FlowParser::PARAM: return true;
    default:
      return IsNameToken(type) || (type >= FlowParser::TIMESTAMP && type <= FlowParser::STRING);
  }
}

bool StartsExpression(size_t type) {
  switch (type) {
    case FlowParser::LPAREN:
    case FlowParser::LBRACKET:
    case FlowParser::LBRACE:
    case FlowParser::MINUS:
    case FlowParser::K_NOT:
    case FlowParser::K_TRY:
    case FlowParser::K_IF:
    case FlowParser::K_CAST:
    case FlowParser::K_MATCH: return true;
    case FlowParser::RPAREN:
    case FlowParser::RBRACKET:
    case FlowParser::RBRACE: return false;
    default: return EndsExpression(type);
  }
}

bool IsBinaryOperator(size_t type) {
  switch (type) {
    case FlowParser::K_AND:
    case FlowParser::K_OR:
    case FlowParser::K_IN:
    case FlowParser::K_LIKE:
    case FlowParser::K_MATCHES:
    case FlowParser::COALESCE:
    case FlowParser::PERCENT: return true;
    default: return type >= FlowParser::EQ && type <= FlowParser::SLASH;
  }
}

}  // namespace weir::syntax
