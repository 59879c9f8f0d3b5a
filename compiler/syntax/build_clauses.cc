#include <utility>

#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {

ast::Route AstBuilder::Route(FlowParser::RouteContext* context) {
  ast::Route route;
  if (!IsWhole(context)) return route;
  route.span = SpanOf(*context);
  if (context->ARROW() != nullptr) {
    route.kind = ast::RouteKind::kStream;
    route.target = Name(context->ident());
  } else if (context->K_DISCARD() != nullptr) {
    route.kind = ast::RouteKind::kDiscard;
  } else if (context->K_DEFAULT() != nullptr) {
    route.kind = ast::RouteKind::kDefault;
  }
  route.reason = OptionalString(context->STRING());
  return route;
}

ast::Assignment AstBuilder::Assignment(FlowParser::AssignmentContext* context) {
  ast::Assignment assignment;
  assignment.span = SpanOf(*context);
  assignment.name = Name(context->ident());
  assignment.value = Expr(context->expr());
  return assignment;
}

std::vector<ast::Assignment> AstBuilder::Assignments(
    const std::vector<FlowParser::AssignmentContext*>& contexts) {
  std::vector<ast::Assignment> assignments;
  for (auto* context : contexts) {
    if (IsWhole(context)) assignments.push_back(Assignment(context));
  }
  return assignments;
}

ast::KeyList AstBuilder::Keys(FlowParser::ExprListContext* context,
                              antlr4::tree::TerminalNode* word) {
  ast::KeyList keys;
  if (word != nullptr) keys.span = SpanOf(word);
  if (!IsWhole(context)) return keys;
  keys.span = keys.span.To(SpanOf(*context));
  // expr (as name)? (, expr (as name)?)*: an alias belongs to the expression before it.
  for (auto* child : context->children) {
    if (auto* expr = dynamic_cast<FlowParser::ExprContext*>(child)) {
      ast::KeyItem item;
      item.expr = Expr(expr);
      item.span = SpanOf(*expr);
      keys.items.push_back(std::move(item));
    } else if (auto* alias = dynamic_cast<FlowParser::IdentContext*>(child)) {
      keys.items.back().alias = Name(alias);
      keys.items.back().span = keys.items.back().span.To(SpanOf(*alias));
    }
  }
  return keys;
}

ast::Connector AstBuilder::Connector(FlowParser::ConnectorContext* context) {
  ast::Connector connector;
  if (!IsWhole(context)) return connector;
  connector.span = SpanOf(*context);
  connector.kind = Name(context->ident());
  for (auto* arg : context->namedArg()) {
    if (!IsWhole(arg)) continue;
    ast::NamedArg out;
    out.span = SpanOf(*arg);
    out.name = Name(arg->ident());
    out.value = Expr(arg->expr());
    connector.args.push_back(std::move(out));
  }
  return connector;
}

ast::CallOnly AstBuilder::CallOnly(FlowParser::CallOnlyContext* context) {
  ast::CallOnly call;
  if (!IsWhole(context)) return call;
  call.span = SpanOf(*context);
  call.callee = Name(context->ident());
  call.args = Args(context->callArgs(), context->LPAREN(), context->RPAREN());
  return call;
}

ast::EmitClause AstBuilder::Emit(FlowParser::EmitClauseContext* context) {
  ast::EmitClause emit;
  emit.span = SpanOf(*context);
  for (auto* when : context->emitWhen()) {
    ast::EmitWhen out;
    out.span = SpanOf(*when);
    if (when->K_UPDATE() != nullptr) out.kind = ast::EmitKind::kOnUpdate;
    if (when->K_EVERY() != nullptr) {
      out.kind = ast::EmitKind::kEvery;
      out.every = Amount(when->amount());
    }
    emit.when.push_back(std::move(out));
  }
  return emit;
}

ast::LateClause AstBuilder::Late(FlowParser::LateClauseContext* context) {
  ast::LateClause late;
  late.span = SpanOf(*context);
  late.after = Amount(context->amount());
  late.route = Route(context->route());
  return late;
}

ast::ErrorClause AstBuilder::OnError(Context* clause, FlowParser::RouteContext* route) {
  return {Route(route), SpanOf(*clause)};
}

ast::AmountClause AstBuilder::AmountClause(Context* clause, FlowParser::AmountContext* amount) {
  return {Amount(amount), SpanOf(*clause)};
}

ast::FormatClause AstBuilder::Format(Context* clause, FlowParser::IdentContext* name,
                                     FlowParser::CallArgsContext* args,
                                     antlr4::tree::TerminalNode* open,
                                     antlr4::tree::TerminalNode* close) {
  ast::FormatClause format;
  format.span = SpanOf(*clause);
  format.name = Name(name);
  if (open != nullptr) format.args = Args(args, open, close);
  return format;
}

ast::PiiClause AstBuilder::Pii(Span span, FlowParser::IdentContext* mode,
                               antlr4::tree::TerminalNode* reason) {
  ast::PiiClause pii;
  pii.mode = Name(mode);
  pii.reason = OptionalString(reason);
  pii.span = span.To(pii.mode.span);
  if (pii.reason) pii.span = pii.span.To(pii.reason->span);
  return pii;
}

}  // namespace weir::syntax
