#include <utility>

#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {
namespace {

template <typename T>
std::unique_ptr<T> StatementAt(Span span) {
  auto statement = std::make_unique<T>();
  statement->span = span;
  return statement;
}

ast::AssignOp AssignOpOf(size_t type) {
  switch (type) {
    case FlowParser::ADD_ASSIGN: return ast::AssignOp::kAdd;
    case FlowParser::SUB_ASSIGN: return ast::AssignOp::kSubtract;
    case FlowParser::OPT_ASSIGN: return ast::AssignOp::kSetIfNull;
    default: return ast::AssignOp::kSet;
  }
}

}  // namespace

ast::StagePtr AstBuilder::Session(FlowParser::SessionStageContext* context) {
  auto stage = std::make_unique<ast::SessionStage>();
  stage->by = Keys(context->exprList(), context->K_BY());
  stage->gap = Amount(context->amount(0));
  if (context->K_MAX() != nullptr) stage->max = Amount(context->amount(1));
  for (auto* part : context->keyedPart()) {
    if (IsWhole(part)) KeyedPart(part, stage->parts);
  }
  return stage;
}

ast::StagePtr AstBuilder::Process(FlowParser::ProcessStageContext* context) {
  auto stage = std::make_unique<ast::ProcessStage>();
  stage->by = Keys(context->exprList(), context->K_BY());
  stage->ttl = Amount(context->amount());
  for (auto* part : context->keyedPart()) {
    if (IsWhole(part)) KeyedPart(part, stage->parts);
  }
  return stage;
}

void AstBuilder::KeyedPart(FlowParser::KeyedPartContext* context, ast::KeyedParts& out) {
  const Span span = SpanOf(*context);
  auto set = [&](auto& slot, std::string_view word, auto value) {
    if (!Twice(slot.has_value(), word, slot ? slot->span : Span{}, span)) slot = std::move(value);
  };
  if (auto* state = dynamic_cast<FlowParser::StatePartContext*>(context)) {
    set(out.state, "state", State(state));
  } else if (auto* event = dynamic_cast<FlowParser::OnEventPartContext*>(context)) {
    set(out.on_event, "on event", EventHandler(event));
  } else if (auto* timer = dynamic_cast<FlowParser::OnTimerPartContext*>(context)) {
    out.on_timer.push_back({Name(timer->ident()), Block(timer->statementBlock()), span});
  } else if (auto* close = dynamic_cast<FlowParser::OnClosePartContext*>(context)) {
    set(out.on_close, "on close", ast::CloseHandler{Block(close->statementBlock()), span});
  } else if (auto* output = dynamic_cast<FlowParser::OutputPartContext*>(context)) {
    set(out.output, "output", Output(output));
  } else if (auto* emit = dynamic_cast<FlowParser::KeyedEmitContext*>(context)) {
    set(out.emit, "emit", Emit(emit->emitClause()));
  } else if (auto* late = dynamic_cast<FlowParser::KeyedLateContext*>(context)) {
    set(out.late, "late", Late(late->lateClause()));
  } else if (auto* error = dynamic_cast<FlowParser::KeyedErrorContext*>(context)) {
    set(out.on_error, "on error", OnError(error, error->route()));
  }
}

ast::EventHandler AstBuilder::EventHandler(FlowParser::OnEventPartContext* context) {
  ast::EventHandler handler;
  handler.span = SpanOf(*context);
  if (context->ident() != nullptr) handler.event = Name(context->ident());
  handler.block = Block(context->statementBlock());
  return handler;
}

ast::StateBlock AstBuilder::State(FlowParser::StatePartContext* context) {
  ast::StateBlock block;
  block.span = SpanOf(*context);
  for (auto* field : context->stateField()) {
    if (!IsWhole(field)) continue;
    ast::StateField out;
    out.span = SpanOf(*field);
    out.doc = DocBefore(field->getStart());
    out.name = Name(field->ident(0));
    out.type = Type(field->typeRef());
    if (field->expr() != nullptr) out.default_value = Expr(field->expr());
    if (field->K_MERGE() != nullptr) out.merge = Name(field->ident(1));
    if (field->amount() != nullptr) out.ttl = Amount(field->amount());
    out.annotations = Annotations(field->annotation());
    block.fields.push_back(std::move(out));
  }
  return block;
}

ast::OutputBlock AstBuilder::Output(FlowParser::OutputPartContext* context) {
  ast::OutputBlock block;
  block.span = SpanOf(*context);
  for (auto* field : context->outputField()) {
    if (!IsWhole(field)) continue;
    ast::OutputField out;
    out.span = SpanOf(*field);
    out.name = Name(field->ident());
    if (field->expr() != nullptr) out.value = Expr(field->expr());
    block.fields.push_back(std::move(out));
  }
  return block;
}

ast::Block AstBuilder::Block(FlowParser::StatementBlockContext* context) {
  ast::Block block;
  if (!IsWhole(context)) return block;
  block.span = SpanOf(*context);
  for (auto* statement : context->statement()) {
    if (!IsWhole(statement)) continue;
    if (auto built = Statement(statement)) block.statements.push_back(std::move(built));
  }
  return block;
}

ast::StatementPtr AstBuilder::Statement(FlowParser::StatementContext* context) {
  const Span span = SpanOf(*context);
  if (auto* c = dynamic_cast<FlowParser::AssignStatementContext*>(context)) {
    return Assign(c, c->ident(), nullptr, c->expr());
  }
  if (auto* c = dynamic_cast<FlowParser::PutStatementContext*>(context)) {
    return Assign(c, c->ident(), c->expr(0), c->expr(1));
  }
  if (auto* c = dynamic_cast<FlowParser::LetStatementContext*>(context)) {
    auto statement = StatementAt<ast::LetStatement>(span);
    statement->name = Name(c->ident());
    statement->value = Expr(c->expr());
    return statement;
  }
  if (auto* c = dynamic_cast<FlowParser::IfStatementContext*>(context)) {
    return If(c, c->expr(), c->statementBlock(), c->ifElse());
  }
  if (auto* c = dynamic_cast<FlowParser::MatchStatementContext*>(context)) return MatchOf(c);
  if (auto* c = dynamic_cast<FlowParser::EmitStatementContext*>(context)) {
    auto statement = StatementAt<ast::EmitStatement>(span);
    statement->row = Struct(c->structLiteral());
    if (c->route() != nullptr) statement->route = Route(c->route());
    return statement;
  }
  if (auto* c = dynamic_cast<FlowParser::TimerStatementContext*>(context)) {
    auto statement = StatementAt<ast::SetTimerStatement>(span);
    statement->timer = Name(c->ident());
    statement->at = Expr(c->expr());
    return statement;
  }
  if (auto* c = dynamic_cast<FlowParser::CancelStatementContext*>(context)) {
    auto statement = StatementAt<ast::CancelTimerStatement>(span);
    statement->timer = Name(c->ident());
    return statement;
  }
  if (dynamic_cast<FlowParser::ClearStatementContext*>(context) != nullptr) {
    return StatementAt<ast::ClearStatement>(span);
  }
  return nullptr;
}

ast::StatementPtr AstBuilder::Assign(Context* context, FlowParser::IdentContext* target,
                                     FlowParser::ExprContext* index,
                                     FlowParser::ExprContext* value) {
  auto statement = StatementAt<ast::AssignStatement>(SpanOf(*context));
  statement->target = Name(target);
  if (index != nullptr) statement->index = Expr(index);
  statement->value = Expr(value);
  // The operator stands right before the value.
  const size_t count = context->children.size();
  auto* op = static_cast<antlr4::tree::TerminalNode*>(context->children[count - 2])->getSymbol();
  statement->op = AssignOpOf(op->getType());
  statement->op_span = SpanOf(op);
  return statement;
}

ast::StatementPtr AstBuilder::If(Context* context, FlowParser::ExprContext* condition,
                                 const std::vector<FlowParser::StatementBlockContext*>& blocks,
                                 FlowParser::IfElseContext* else_if) {
  auto statement = StatementAt<ast::IfStatement>(SpanOf(*context));
  statement->condition = Expr(condition);
  if (!blocks.empty()) statement->then_block = Block(blocks[0]);
  if (blocks.size() > 1) statement->else_block = Block(blocks[1]);
  if (else_if != nullptr) {
    statement->else_if = If(else_if, else_if->expr(), else_if->statementBlock(), else_if->ifElse());
  }
  return statement;
}

ast::StatementPtr AstBuilder::MatchOf(FlowParser::MatchStatementContext* context) {
  auto statement = StatementAt<ast::MatchStatement>(SpanOf(*context));
  statement->subject = Expr(context->expr());
  for (auto* arm : context->statementArm()) {
    if (!IsWhole(arm)) continue;
    ast::StatementArm out;
    out.span = SpanOf(*arm);
    out.patterns = Patterns(arm->pattern());
    if (arm->statementBlock() != nullptr) {
      out.braced = true;
      out.block = Block(arm->statementBlock());
    } else if (IsWhole(arm->statement())) {
      out.block.span = SpanOf(*arm->statement());
      if (auto built = Statement(arm->statement()))
        out.block.statements.push_back(std::move(built));
    }
    statement->arms.push_back(std::move(out));
  }
  return statement;
}

}  // namespace weir::syntax
