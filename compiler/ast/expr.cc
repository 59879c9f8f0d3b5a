#include "compiler/ast/expr.h"

#include "compiler/ast/type_ref.h"

namespace weir::ast {

CastExpr::CastExpr() = default;
CastExpr::~CastExpr() = default;

const char* BinaryOpText(BinaryOp op) {
  switch (op) {
    case BinaryOp::kMultiply: return "*";
    case BinaryOp::kDivide: return "/";
    case BinaryOp::kModulo: return "%";
    case BinaryOp::kAdd: return "+";
    case BinaryOp::kSubtract: return "-";
    case BinaryOp::kCoalesce: return "??";
    case BinaryOp::kIn: return "in";
    case BinaryOp::kLike: return "like";
    case BinaryOp::kMatches: return "matches";
    case BinaryOp::kEqual: return "==";
    case BinaryOp::kNotEqual: return "!=";
    case BinaryOp::kLess: return "<";
    case BinaryOp::kLessEqual: return "<=";
    case BinaryOp::kGreater: return ">";
    case BinaryOp::kGreaterEqual: return ">=";
    case BinaryOp::kAnd: return "and";
    case BinaryOp::kOr: return "or";
  }
  return "?";
}

}  // namespace weir::ast
