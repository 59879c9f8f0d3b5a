#include <utility>

#include "compiler/syntax/ast_builder.h"

/// Stages that remember rows: dedupe, lookup, join, aggregate, anomaly.
namespace weir::syntax {

ast::StagePtr AstBuilder::Dedupe(FlowParser::DedupeStageContext* context) {
  auto stage = std::make_unique<ast::DedupeStage>();
  stage->by = Keys(context->exprList(), context->K_BY());
  stage->within = Amount(context->amount());
  if (context->route() != nullptr) stage->route = Route(context->route());
  return stage;
}

ast::StagePtr AstBuilder::Lookup(FlowParser::LookupStageContext* context) {
  auto stage = std::make_unique<ast::LookupStage>();
  stage->table = Name(context->ident(0));
  if (context->K_AS() != nullptr) stage->alias = Name(context->ident(1));
  stage->on = Keys(context->exprList(), context->K_ON(0));
  stage->assignments = Assignments(context->assignment());
  if (context->route() != nullptr) {
    auto* on = context->K_ON(1);
    stage->on_error =
        ast::ErrorClause{Route(context->route()), SpanOf(on).To(SpanOf(*context->route()))};
  }
  return stage;
}

ast::StagePtr AstBuilder::Join(FlowParser::JoinStageContext* context) {
  auto stage = std::make_unique<ast::JoinStage>();
  if (auto* kind = context->joinKind()) {
    stage->join = kind->K_LEFT() != nullptr   ? ast::JoinKind::kLeft
                  : kind->K_FULL() != nullptr ? ast::JoinKind::kFull
                                              : ast::JoinKind::kInner;
  }
  stage->right = Name(context->ident(0));
  if (context->K_AS() != nullptr) stage->alias = Name(context->ident(1));
  stage->on = Expr(context->expr());
  auto* when = context->joinWhen();
  if (when->expr() != nullptr) {
    stage->as_of = Expr(when->expr());
  } else {
    stage->within_low = Amount(when->amount(0));
    stage->within_high = Amount(when->amount(1));
  }
  size_t route = 0;
  if (context->K_UNMATCHED() != nullptr) stage->unmatched = Route(context->route(route++));
  if (context->K_LATE() != nullptr) {
    ast::LateClause late;
    late.after = Amount(context->amount());
    late.route = Route(context->route(route));
    late.span = SpanOf(context->K_LATE()).To(late.route.span);
    stage->late = std::move(late);
  }
  return stage;
}

ast::StagePtr AstBuilder::Aggregate(FlowParser::AggregateStageContext* context) {
  auto stage = std::make_unique<ast::AggregateStage>();
  stage->aggregates = Assignments(context->assignment());
  for (auto* clause : context->aggClause()) {
    if (IsWhole(clause)) AggregateClause(clause, *stage);
  }
  return stage;
}

void AstBuilder::AggregateClause(FlowParser::AggClauseContext* context, ast::AggregateStage& out) {
  const Span span = SpanOf(*context);
  auto set = [&](auto& slot, std::string_view word, auto value) {
    if (!Twice(slot.has_value(), word, slot ? slot->span : Span{}, span)) slot = std::move(value);
  };
  if (auto* by = dynamic_cast<FlowParser::AggByContext*>(context)) {
    set(out.by, "by", Keys(by->exprList(), by->K_BY()));
  } else if (auto* over = dynamic_cast<FlowParser::AggOverContext*>(context)) {
    set(out.over, "over", Window(over->windowSpec()));
  } else if (auto* emit = dynamic_cast<FlowParser::AggEmitContext*>(context)) {
    set(out.emit, "emit", Emit(emit->emitClause()));
  } else if (auto* late = dynamic_cast<FlowParser::AggLateContext*>(context)) {
    set(out.late, "late", Late(late->lateClause()));
  } else if (auto* ttl = dynamic_cast<FlowParser::AggTtlContext*>(context)) {
    set(out.ttl, "ttl", AmountClause(ttl, ttl->amount()));
  } else if (auto* error = dynamic_cast<FlowParser::AggErrorContext*>(context)) {
    set(out.on_error, "on error", OnError(error, error->route()));
  }
}

ast::WindowSpec AstBuilder::Window(FlowParser::WindowSpecContext* context) {
  ast::WindowSpec window;
  window.span = SpanOf(*context);
  if (auto* tumbling = dynamic_cast<FlowParser::TumblingWindowContext*>(context)) {
    window.size = Amount(tumbling->amount(0));
    if (tumbling->K_OFFSET() != nullptr) window.offset = Amount(tumbling->amount(1));
  } else if (auto* sliding = dynamic_cast<FlowParser::SlidingWindowContext*>(context)) {
    window.kind = ast::WindowKind::kSliding;
    window.size = Amount(sliding->amount(0));
    window.every = Amount(sliding->amount(1));
  } else if (auto* cumulating = dynamic_cast<FlowParser::CumulatingWindowContext*>(context)) {
    window.kind = ast::WindowKind::kCumulating;
    window.size = Amount(cumulating->amount(0));
    window.every = Amount(cumulating->amount(1));
  } else if (auto* session = dynamic_cast<FlowParser::SessionWindowContext*>(context)) {
    window.kind = ast::WindowKind::kSession;
    window.size = Amount(session->amount(0));
    if (session->K_MAX() != nullptr) window.max = Amount(session->amount(1));
  } else if (auto* rows = dynamic_cast<FlowParser::RowsWindowContext*>(context)) {
    window.kind = ast::WindowKind::kRows;
    window.size = Amount(rows->amount());
  }
  return window;
}

ast::StagePtr AstBuilder::Anomaly(FlowParser::AnomalyStageContext* context) {
  auto stage = std::make_unique<ast::AnomalyStage>();
  stage->value = Expr(context->expr());
  if (context->exprList() != nullptr) stage->by = Keys(context->exprList(), context->K_BY());
  stage->detector = CallOnly(context->callOnly());
  stage->alias = Name(context->ident());
  return stage;
}

}  // namespace weir::syntax
