#include <utility>

#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {

ast::Pipeline AstBuilder::Pipeline(FlowParser::PipelineExprContext* context) {
  ast::Pipeline pipeline;
  pipeline.span = SpanOf(*context);
  pipeline.inputs = Names(context->ident(), 0, context->ident().size());
  pipeline.stages = Stages(context->stage());
  return pipeline;
}

std::vector<ast::StagePtr> AstBuilder::Stages(
    const std::vector<FlowParser::StageContext*>& contexts) {
  std::vector<ast::StagePtr> stages;
  for (auto* context : contexts) stages.push_back(Stage(context));
  return stages;
}

ast::StagePtr AstBuilder::Stage(FlowParser::StageContext* context) {
  ast::StagePtr stage;
  if (IsWhole(context) && IsWhole(context->stageBody())) stage = StageBody(context->stageBody());
  if (stage == nullptr) stage = std::make_unique<ast::ErrorStage>();
  stage->span = SpanOf(*context);
  stage->keyword = stage->span;
  if (context->stageBody() != nullptr) stage->keyword = SpanOf(context->stageBody()->getStart());
  stage->annotations = Annotations(context->annotation());
  if (context->COLON() != nullptr) stage->label = Name(context->ident());
  return stage;
}

ast::StagePtr AstBuilder::StageBody(FlowParser::StageBodyContext* context) {
  if (auto stage = ShapingStage(context)) return stage;
  if (auto stage = CombiningStage(context)) return stage;
  return OrderingStage(context);
}

/// Stages that look at one row at a time.
ast::StagePtr AstBuilder::ShapingStage(FlowParser::StageBodyContext* context) {
  if (auto* c = dynamic_cast<FlowParser::WhereStageContext*>(context)) {
    auto stage = std::make_unique<ast::WhereStage>();
    stage->condition = Expr(c->expr());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::SelectStageContext*>(context)) return Select(c);
  if (auto* c = dynamic_cast<FlowParser::ExtendStageContext*>(context)) {
    auto stage = std::make_unique<ast::ExtendStage>();
    stage->assignments = Assignments(c->assignment());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::SetStageContext*>(context)) {
    auto stage = std::make_unique<ast::SetStage>();
    stage->assignments = Assignments(c->assignment());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::WithoutStageContext*>(context)) {
    auto stage = std::make_unique<ast::WithoutStage>();
    stage->names = Names(c->ident(), 0, c->ident().size());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::ValidateStageContext*>(context)) return Validate(c);
  if (auto* c = dynamic_cast<FlowParser::FlattenStageContext*>(context)) {
    auto stage = std::make_unique<ast::FlattenStage>();
    stage->value = Expr(c->expr());
    if (c->ident() != nullptr) stage->alias = Name(c->ident());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::RouteStageContext*>(context)) return RouteStage(c);
  if (auto* c = dynamic_cast<FlowParser::IntoStageContext*>(context)) return Into(c);
  return nullptr;
}

/// Stages with state, other inputs or templates.
ast::StagePtr AstBuilder::CombiningStage(FlowParser::StageBodyContext* context) {
  if (auto* c = dynamic_cast<FlowParser::DedupeStageContext*>(context)) return Dedupe(c);
  if (auto* c = dynamic_cast<FlowParser::LookupStageContext*>(context)) return Lookup(c);
  if (auto* c = dynamic_cast<FlowParser::JoinStageContext*>(context)) return Join(c);
  if (auto* c = dynamic_cast<FlowParser::AggregateStageContext*>(context)) return Aggregate(c);
  if (auto* c = dynamic_cast<FlowParser::SessionStageContext*>(context)) return Session(c);
  if (auto* c = dynamic_cast<FlowParser::ProcessStageContext*>(context)) return Process(c);
  if (auto* c = dynamic_cast<FlowParser::AnomalyStageContext*>(context)) return Anomaly(c);
  if (auto* c = dynamic_cast<FlowParser::UnionStageContext*>(context)) {
    auto stage = std::make_unique<ast::UnionStage>();
    stage->streams = Names(c->ident(), 0, c->ident().size());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::ApplyStageContext*>(context)) {
    auto stage = std::make_unique<ast::ApplyStage>();
    stage->name = Qualified(c->qualifiedName());
    stage->args = Args(c->callArgs(), c->LPAREN(), c->RPAREN());
    return stage;
  }
  return nullptr;
}

/// Stages that pick, order or distribute rows.
ast::StagePtr AstBuilder::OrderingStage(FlowParser::StageBodyContext* context) {
  if (auto* c = dynamic_cast<FlowParser::TopStageContext*>(context)) {
    auto stage = std::make_unique<ast::TopStage>();
    stage->count = Amount(c->amount());
    stage->by = Keys(c->exprList(0), c->K_BY());
    if (c->K_PER() != nullptr) stage->per = Keys(c->exprList(1), c->K_PER());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::SortStageContext*>(context)) {
    auto stage = std::make_unique<ast::SortStage>();
    for (auto* item : c->sortItem()) {
      const auto order = item->K_DESC() != nullptr  ? ast::SortOrder::kDescending
                         : item->K_ASC() != nullptr ? ast::SortOrder::kAscending
                                                    : ast::SortOrder::kDefault;
      stage->items.push_back({Expr(item->expr()), order, SpanOf(*item)});
    }
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::LimitStageContext*>(context)) {
    auto stage = std::make_unique<ast::LimitStage>();
    stage->count = Amount(c->amount());
    if (c->K_PER() != nullptr) stage->per = Keys(c->exprList(), c->K_PER());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::SampleStageContext*>(context)) {
    auto stage = std::make_unique<ast::SampleStage>();
    stage->fraction = Amount(c->amount());
    return stage;
  }
  if (auto* c = dynamic_cast<FlowParser::RekeyStageContext*>(context)) {
    auto stage = std::make_unique<ast::RekeyStage>();
    stage->by = Keys(c->exprList(), c->K_BY());
    return stage;
  }
  return nullptr;
}

ast::StagePtr AstBuilder::Select(FlowParser::SelectStageContext* context) {
  auto stage = std::make_unique<ast::SelectStage>();
  for (auto* item : context->selectItem()) {
    ast::SelectItem out;
    out.span = SpanOf(*item);
    const auto names = item->ident();
    if (item->STAR() != nullptr) {
      out.star = true;
      out.except = Names(names, 0, names.size());
    } else {
      out.expr = Expr(item->expr());
      if (!names.empty()) out.alias = Name(names[0]);
    }
    stage->items.push_back(std::move(out));
  }
  return stage;
}

ast::StagePtr AstBuilder::Validate(FlowParser::ValidateStageContext* context) {
  auto stage = std::make_unique<ast::ValidateStage>();
  for (auto* rule : context->validateRule()) {
    if (!IsWhole(rule)) continue;
    ast::ValidateRule out;
    out.span = SpanOf(*rule);
    out.warn = rule->K_WARN() != nullptr;
    out.name = Name(rule->ident());
    out.condition = Expr(rule->expr());
    out.message = OptionalString(rule->STRING());
    stage->rules.push_back(std::move(out));
  }
  stage->route = Route(context->route());
  return stage;
}

ast::StagePtr AstBuilder::RouteStage(FlowParser::RouteStageContext* context) {
  auto stage = std::make_unique<ast::RouteStage>();
  for (auto* arm : context->routeArm()) {
    if (!IsWhole(arm)) continue;
    ast::RouteArm out;
    out.span = SpanOf(*arm);
    if (arm->expr() != nullptr) {
      out.condition = Expr(arm->expr());
      out.route.kind = ast::RouteKind::kStream;
      out.route.target = Name(arm->ident());
      out.route.span = SpanOf(arm->ARROW()).To(out.route.target.span);
    } else {
      out.route = Route(arm->route());
    }
    stage->arms.push_back(std::move(out));
  }
  return stage;
}

ast::StagePtr AstBuilder::Into(FlowParser::IntoStageContext* context) {
  auto stage = std::make_unique<ast::IntoStage>();
  auto names = context->ident();
  if (context->K_AFTER() != nullptr && !names.empty()) {
    stage->after = Name(names.back());
    names.pop_back();
  }
  if (context->connector() == nullptr) {
    stage->targets = Names(names, 0, names.size());
    return stage;
  }
  stage->connector = Connector(context->connector());
  if (context->K_PII() != nullptr && !names.empty()) {
    stage->pii = Pii(SpanOf(context->K_PII()), names[0], context->STRING());
  }
  return stage;
}

}  // namespace weir::syntax
