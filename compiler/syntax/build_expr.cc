#include <string>
#include <utility>

#include "compiler/ast/type_ref.h"
#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {
namespace {

ast::BinaryOp OpOf(size_t type) {
  switch (type) {
    case FlowParser::STAR: return ast::BinaryOp::kMultiply;
    case FlowParser::SLASH: return ast::BinaryOp::kDivide;
    case FlowParser::PERCENT: return ast::BinaryOp::kModulo;
    case FlowParser::PLUS: return ast::BinaryOp::kAdd;
    case FlowParser::MINUS: return ast::BinaryOp::kSubtract;
    case FlowParser::COALESCE: return ast::BinaryOp::kCoalesce;
    case FlowParser::K_IN: return ast::BinaryOp::kIn;
    case FlowParser::K_LIKE: return ast::BinaryOp::kLike;
    case FlowParser::K_MATCHES: return ast::BinaryOp::kMatches;
    case FlowParser::NE:
    case FlowParser::NE_SQL: return ast::BinaryOp::kNotEqual;
    case FlowParser::LT: return ast::BinaryOp::kLess;
    case FlowParser::LE: return ast::BinaryOp::kLessEqual;
    case FlowParser::GT: return ast::BinaryOp::kGreater;
    case FlowParser::GE: return ast::BinaryOp::kGreaterEqual;
    case FlowParser::K_AND: return ast::BinaryOp::kAnd;
    case FlowParser::K_OR: return ast::BinaryOp::kOr;
    default: return ast::BinaryOp::kEqual;
  }
}

}  // namespace

ast::ExprPtr AstBuilder::Expr(FlowParser::ExprContext* context) {
  if (!IsWhole(context)) {
    return NodeAt<ast::ErrorExpr>(context == nullptr ? Span{} : SpanOf(*context));
  }
  return ExprBody(context);
}

ast::ExprPtr AstBuilder::ExprBody(FlowParser::ExprContext* context) {
  if (auto* c = dynamic_cast<FlowParser::PrimaryExprContext*>(context))
    return Primary(c->primary());
  if (auto* c = dynamic_cast<FlowParser::MemberExprContext*>(context)) return Member(c);
  if (auto* c = dynamic_cast<FlowParser::IndexExprContext*>(context)) {
    auto node = NodeAt<ast::IndexExpr>(SpanOf(*c));
    node->object = Expr(c->expr(0));
    node->index = Expr(c->expr(1));
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::TryExprContext*>(context)) {
    auto node = NodeAt<ast::TryExpr>(SpanOf(*c));
    node->operand = Expr(c->expr());
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::WithExprContext*>(context)) {
    auto node = NodeAt<ast::WithExpr>(SpanOf(*c));
    node->base = Expr(c->expr());
    node->changes = Struct(c->structLiteral());
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::IfExprContext*>(context)) {
    auto node = NodeAt<ast::IfExpr>(SpanOf(*c));
    node->condition = Expr(c->expr(0));
    node->then_value = Expr(c->expr(1));
    node->else_value = Expr(c->expr(2));
    return node;
  }
  return Operator(context);
}

ast::ExprPtr AstBuilder::Operator(FlowParser::ExprContext* context) {
  if (auto* c = dynamic_cast<FlowParser::CompareExprContext*>(context)) {
    return InfixOf(c, c->expr(0), c->expr(1));
  }
  if (auto* c = dynamic_cast<FlowParser::AndExprContext*>(context)) {
    return InfixOf(c, c->expr(0), c->expr(1));
  }
  if (auto* c = dynamic_cast<FlowParser::OrExprContext*>(context)) {
    return InfixOf(c, c->expr(0), c->expr(1));
  }
  if (auto* c = dynamic_cast<FlowParser::AddExprContext*>(context)) {
    return InfixOf(c, c->expr(0), c->expr(1));
  }
  if (auto* c = dynamic_cast<FlowParser::MulExprContext*>(context)) {
    return InfixOf(c, c->expr(0), c->expr(1));
  }
  if (auto* c = dynamic_cast<FlowParser::CoalesceExprContext*>(context)) {
    return InfixOf(c, c->expr(0), c->expr(1));
  }
  if (auto* c = dynamic_cast<FlowParser::IsExprContext*>(context)) return Is(c);
  if (auto* c = dynamic_cast<FlowParser::InRangeExprContext*>(context)) {
    return Binary(ast::BinaryOp::kIn, c->K_IN()->getSymbol(), c->expr(), Range(c->rangeLiteral()),
                  c->K_NOT() != nullptr);
  }
  if (auto* c = dynamic_cast<FlowParser::InExprContext*>(context)) {
    return Binary(ast::BinaryOp::kIn, c->K_IN()->getSymbol(), c->expr(0), Expr(c->expr(1)),
                  c->K_NOT() != nullptr);
  }
  if (auto* c = dynamic_cast<FlowParser::LikeExprContext*>(context)) {
    auto* op = c->K_LIKE() != nullptr ? c->K_LIKE() : c->K_MATCHES();
    return Binary(OpOf(op->getSymbol()->getType()), op->getSymbol(), c->expr(0), Expr(c->expr(1)),
                  c->K_NOT() != nullptr);
  }
  if (auto* c = dynamic_cast<FlowParser::NegateExprContext*>(context)) {
    return Unary(ast::UnaryOp::kNegate, c->MINUS()->getSymbol(), Expr(c->expr()), SpanOf(*c));
  }
  if (auto* c = dynamic_cast<FlowParser::NotExprContext*>(context)) {
    return Unary(ast::UnaryOp::kNot, c->K_NOT()->getSymbol(), Expr(c->expr()), SpanOf(*c));
  }
  return NodeAt<ast::ErrorExpr>(SpanOf(*context));
}

ast::ExprPtr AstBuilder::InfixOf(Context* context, FlowParser::ExprContext* left,
                                 FlowParser::ExprContext* right) {
  // expr op expr: the operator is the second child.
  auto* op = static_cast<antlr4::tree::TerminalNode*>(context->children[1])->getSymbol();
  return Binary(OpOf(op->getType()), op, left, Expr(right));
}

ast::ExprPtr AstBuilder::Binary(ast::BinaryOp op, antlr4::Token* op_token,
                                FlowParser::ExprContext* left, ast::ExprPtr right, bool negated) {
  auto* context = static_cast<Context*>(left->parent);
  auto node = NodeAt<ast::BinaryExpr>(SpanOf(*context));
  node->op = op;
  node->negated = negated;
  node->op_span = SpanOf(op_token);
  if (negated) {
    auto* negation = static_cast<antlr4::tree::TerminalNode*>(context->children[1])->getSymbol();
    node->op_span = SpanOf(negation).To(node->op_span);
  }
  node->left = Expr(left);
  node->right = std::move(right);
  return node;
}

ast::ExprPtr AstBuilder::Unary(ast::UnaryOp op, antlr4::Token* op_token, ast::ExprPtr operand,
                               Span span) {
  auto node = NodeAt<ast::UnaryExpr>(span);
  node->op = op;
  node->op_span = SpanOf(op_token);
  node->operand = std::move(operand);
  return node;
}

ast::ExprPtr AstBuilder::Member(FlowParser::MemberExprContext* context) {
  auto node = NodeAt<ast::MemberExpr>(SpanOf(*context));
  node->object = Expr(context->expr());
  node->safe = context->SAFE_DOT() != nullptr;
  node->member = Name(context->ident());
  if (context->LPAREN() != nullptr) {
    node->call = Args(context->callArgs(), context->LPAREN(), context->RPAREN());
  }
  return node;
}

ast::ExprPtr AstBuilder::Is(FlowParser::IsExprContext* context) {
  auto node = NodeAt<ast::IsExpr>(SpanOf(*context));
  node->operand = Expr(context->expr());
  node->negated = context->K_NOT() != nullptr;
  node->what = context->K_TRUE() != nullptr    ? ast::IsExpr::What::kTrue
               : context->K_FALSE() != nullptr ? ast::IsExpr::What::kFalse
                                               : ast::IsExpr::What::kNull;
  return node;
}

ast::ExprPtr AstBuilder::Primary(FlowParser::PrimaryContext* context) {
  if (auto* c = dynamic_cast<FlowParser::NamePrimaryContext*>(context)) {
    auto node = NodeAt<ast::NameExpr>(SpanOf(*c));
    node->name = Name(c->ident());
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::LiteralPrimaryContext*>(context)) {
    return Literal(c->literal()->getStart());
  }
  if (auto* c = dynamic_cast<FlowParser::CallPrimaryContext*>(context)) {
    auto node = NodeAt<ast::CallExpr>(SpanOf(*c));
    node->callee = Name(c->ident());
    node->args = Args(c->callArgs(), c->LPAREN(), c->RPAREN());
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::ParamPrimaryContext*>(context)) {
    auto node = NodeAt<ast::ParamExpr>(SpanOf(*c));
    node->name = {std::string(Text(node->span).substr(1)), node->span};
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::ParenPrimaryContext*>(context)) {
    auto node = Expr(c->expr());
    node->parenthesized = true;
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::CastPrimaryContext*>(context)) {
    auto node = NodeAt<ast::CastExpr>(SpanOf(*c));
    node->operand = Expr(c->expr());
    node->type = Type(c->typeRef());
    return node;
  }
  if (auto* c = dynamic_cast<FlowParser::MatchPrimaryContext*>(context)) return Match(c);
  if (auto* c = dynamic_cast<FlowParser::ListPrimaryContext*>(context))
    return List(c->listLiteral());
  if (auto* c = dynamic_cast<FlowParser::StructPrimaryContext*>(context)) {
    return Struct(c->structLiteral());
  }
  return NodeAt<ast::ErrorExpr>(SpanOf(*context));
}

ast::ExprPtr AstBuilder::Match(FlowParser::MatchPrimaryContext* context) {
  auto node = NodeAt<ast::MatchExpr>(SpanOf(*context));
  node->subject = Expr(context->expr());
  for (auto* arm : context->exprArm()) {
    ast::MatchExprArm out;
    out.patterns = Patterns(arm->pattern());
    out.value = Expr(arm->expr());
    out.span = SpanOf(*arm);
    node->arms.push_back(std::move(out));
  }
  return node;
}

std::vector<ast::Pattern> AstBuilder::Patterns(
    const std::vector<FlowParser::PatternContext*>& contexts) {
  std::vector<ast::Pattern> patterns;
  for (auto* context : contexts) {
    ast::Pattern pattern;
    pattern.span = SpanOf(*context);
    pattern.is_else = context->K_ELSE() != nullptr;
    const auto values = context->signedLiteral();
    if (!values.empty()) pattern.value = SignedLiteral(values[0]);
    if (values.size() > 1) pattern.high = SignedLiteral(values[1]);
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

ast::ExprPtr AstBuilder::SignedLiteral(FlowParser::SignedLiteralContext* context) {
  ast::ExprPtr value = Literal(context->literal()->getStart());
  if (context->MINUS() == nullptr) return value;
  return Unary(ast::UnaryOp::kNegate, context->MINUS()->getSymbol(), std::move(value),
               SpanOf(*context));
}

ast::ExprPtr AstBuilder::Range(FlowParser::RangeLiteralContext* context) {
  auto node = NodeAt<ast::RangeExpr>(SpanOf(*context));
  node->low = RangeBound(context->rangeBound(0));
  node->high = RangeBound(context->rangeBound(1));
  return node;
}

ast::ExprPtr AstBuilder::RangeBound(FlowParser::RangeBoundContext* context) {
  ast::ExprPtr value;
  if (context->ident() != nullptr) {
    auto node = NodeAt<ast::NameExpr>(SpanOf(*context->ident()));
    node->name = Name(context->ident());
    value = std::move(node);
  } else if (context->PARAM() != nullptr) {
    auto node = NodeAt<ast::ParamExpr>(SpanOf(context->PARAM()));
    node->name = {std::string(Text(node->span).substr(1)), node->span};
    value = std::move(node);
  } else {
    value = Literal(context->getStop());
  }
  if (context->MINUS() == nullptr) return value;
  return Unary(ast::UnaryOp::kNegate, context->MINUS()->getSymbol(), std::move(value),
               SpanOf(*context));
}

ast::ExprPtr AstBuilder::Amount(FlowParser::AmountContext* context) {
  if (!IsWhole(context))
    return NodeAt<ast::ErrorExpr>(context == nullptr ? Span{} : SpanOf(*context));
  if (context->amount() != nullptr) {
    return Unary(ast::UnaryOp::kNegate, context->MINUS()->getSymbol(), Amount(context->amount()),
                 SpanOf(*context));
  }
  if (context->expr() != nullptr) {
    ast::ExprPtr node = Expr(context->expr());
    node->parenthesized = true;
    return node;
  }
  if (context->PARAM() != nullptr) {
    auto node = NodeAt<ast::ParamExpr>(SpanOf(context->PARAM()));
    node->name = {std::string(Text(node->span).substr(1)), node->span};
    return node;
  }
  return Literal(context->getStart());
}

std::unique_ptr<ast::ListExpr> AstBuilder::List(FlowParser::ListLiteralContext* context) {
  auto node = NodeAt<ast::ListExpr>(SpanOf(*context));
  for (auto* element : context->expr()) node->elements.push_back(Expr(element));
  return node;
}

std::unique_ptr<ast::StructExpr> AstBuilder::Struct(FlowParser::StructLiteralContext* context) {
  auto node = NodeAt<ast::StructExpr>(SpanOf(*context));
  for (auto* entry : context->structEntry()) {
    ast::StructEntry out;
    out.span = SpanOf(*entry);
    if (entry->expr() != nullptr) out.value = Expr(entry->expr());
    if (entry->ELLIPSIS() != nullptr) {
      out.kind = ast::StructEntry::Kind::kSpread;
    } else if (entry->expr() == nullptr) {
      out.kind = ast::StructEntry::Kind::kShorthand;
    }
    if (entry->STRING() != nullptr) {
      auto text = String(entry->STRING());
      out.name = {std::move(text.text), text.span};
      out.quoted = true;
    } else if (entry->ident() != nullptr) {
      out.name = Name(entry->ident());
    }
    node->entries.push_back(std::move(out));
  }
  return node;
}

ast::CallArgs AstBuilder::Args(FlowParser::CallArgsContext* context,
                               antlr4::tree::TerminalNode* open,
                               antlr4::tree::TerminalNode* close) {
  ast::CallArgs args;
  if (open != nullptr) args.span = SpanOf(open);
  if (close != nullptr) args.span = args.span.To(SpanOf(close));
  if (!IsWhole(context)) return args;
  for (auto* arg : context->callArg()) {
    ast::CallArg out;
    out.span = SpanOf(*arg);
    if (arg->ident() != nullptr) out.name = Name(arg->ident());
    out.value = Expr(arg->expr());
    args.args.push_back(std::move(out));
  }
  if (context->whereClause() != nullptr) args.where = Expr(context->whereClause()->expr());
  return args;
}

}  // namespace weir::syntax
