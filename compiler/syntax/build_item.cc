#include <utility>

#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {

ast::ModuleHead AstBuilder::Head(FlowParser::ModuleHeadContext* context) {
  ast::ModuleHead head;
  head.span = SpanOf(*context);
  head.doc = DocBefore(context->getStart());
  head.annotations = Annotations(context->annotation());
  head.is_module = context->K_MODULE() != nullptr;
  head.name = Qualified(context->qualifiedName());
  auto* body = context->pipelineBody();
  head.has_body = body != nullptr;
  if (body == nullptr) return head;
  for (auto* entry : body->pipelineEntry()) {
    if (!IsWhole(entry)) continue;
    if (auto* setting = dynamic_cast<FlowParser::SettingEntryContext*>(entry)) {
      ast::Assignment assignment;
      assignment.span = SpanOf(*setting);
      assignment.name = Name(setting->ident());
      assignment.value = Expr(setting->expr());
      head.settings.push_back(std::move(assignment));
    } else if (auto* errors = dynamic_cast<FlowParser::ErrorsEntryContext*>(entry)) {
      const Span span = SpanOf(*errors);
      if (Twice(head.errors.has_value(), "errors", head.errors_span, span)) continue;
      head.errors = Route(errors->route());
      head.errors_span = span;
    }
  }
  return head;
}

ast::ItemPtr AstBuilder::Item(FlowParser::ItemContext* context) {
  if (context == nullptr || context->itemBody() == nullptr) return nullptr;
  ast::ItemPtr item = ItemBody(context->itemBody());
  if (item == nullptr) return nullptr;
  item->span = SpanOf(*context);
  item->doc = DocBefore(context->getStart());
  item->annotations = Annotations(context->annotation());
  return item;
}

ast::ItemPtr AstBuilder::ItemBody(FlowParser::ItemBodyContext* c) {
  if (c->useDecl() != nullptr) return Use(c->useDecl());
  if (c->paramDecl() != nullptr) return Param(c->paramDecl());
  if (c->secretDecl() != nullptr) return Secret(c->secretDecl());
  if (c->profileDecl() != nullptr) return Profile(c->profileDecl());
  if (c->typeDecl() != nullptr) return TypeItem(c->typeDecl());
  if (c->schemaDecl() != nullptr) return Schema(c->schemaDecl());
  if (c->fnDecl() != nullptr) return Function(c->fnDecl());
  if (c->templateDecl() != nullptr) return Template(c->templateDecl());
  if (c->sourceDecl() != nullptr) return Source(c->sourceDecl());
  if (c->tableDecl() != nullptr) return Table(c->tableDecl());
  if (c->streamDecl() != nullptr) return Stream(c->streamDecl());
  if (c->viewDecl() != nullptr) return View(c->viewDecl());
  if (c->sinkDecl() != nullptr) return Sink(c->sinkDecl());
  if (c->flowDecl() != nullptr) return Flow(c->flowDecl());
  if (c->alertDecl() != nullptr) return Alert(c->alertDecl());
  if (c->sloDecl() != nullptr) return Slo(c->sloDecl());
  if (c->fixtureDecl() != nullptr) return Fixture(c->fixtureDecl());
  if (c->testDecl() != nullptr) return Test(c->testDecl());
  return nullptr;
}

ast::ItemPtr AstBuilder::Use(FlowParser::UseDeclContext* context) {
  auto item = std::make_unique<ast::UseDecl>();
  item->keyword = SpanOf(context->K_USE());
  item->module = Qualified(context->qualifiedName());
  item->path = OptionalString(context->STRING());
  if (IsWhole(context->useNames())) {
    const auto names = context->useNames()->ident();
    item->names = Names(names, 0, names.size());
  }
  if (context->ident() != nullptr) item->alias = Name(context->ident());
  return item;
}

ast::ItemPtr AstBuilder::Param(FlowParser::ParamDeclContext* context) {
  auto item = std::make_unique<ast::ParamDecl>();
  item->keyword = SpanOf(context->K_PARAM());
  item->name = Name(context->ident());
  item->type = Type(context->typeRef());
  if (context->expr() != nullptr) item->default_value = Expr(context->expr());
  if (IsWhole(context->whereClause())) item->where = Expr(context->whereClause()->expr());
  return item;
}

ast::ItemPtr AstBuilder::Secret(FlowParser::SecretDeclContext* context) {
  auto item = std::make_unique<ast::SecretDecl>();
  item->keyword = SpanOf(context->K_SECRET());
  item->name = Name(context->ident());
  item->value = CallOnly(context->callOnly());
  return item;
}

ast::ItemPtr AstBuilder::Profile(FlowParser::ProfileDeclContext* context) {
  auto item = std::make_unique<ast::ProfileDecl>();
  item->keyword = SpanOf(context->K_PROFILE());
  item->name = Name(context->ident(0));
  item->is_default = context->K_DEFAULT() != nullptr;
  if (context->K_EXTENDS() != nullptr) item->extends = Name(context->ident(1));
  for (auto* entry : context->profileEntry()) {
    if (IsWhole(entry)) ProfileEntry(entry, *item);
  }
  return item;
}

void AstBuilder::ProfileEntry(FlowParser::ProfileEntryContext* context, ast::ProfileDecl& out) {
  const Span span = SpanOf(*context);
  auto bind = [&](ast::ProfileBinding::Target target, FlowParser::IdentContext* name,
                  FlowParser::ConnectorContext* connector) {
    out.bindings.push_back({target, Name(name), Connector(connector), span});
  };
  if (auto* p = dynamic_cast<FlowParser::ProfileParamContext*>(context)) {
    out.params.push_back({Name(p->ident()), Expr(p->expr()), span});
  } else if (auto* r = dynamic_cast<FlowParser::ProfileReplaceContext*>(context)) {
    out.replaces.push_back({Name(r->ident()), Connector(r->connector()), span});
  } else if (auto* source = dynamic_cast<FlowParser::ProfileSourceContext*>(context)) {
    bind(ast::ProfileBinding::Target::kSource, source->ident(), source->connector());
  } else if (auto* table = dynamic_cast<FlowParser::ProfileTableContext*>(context)) {
    bind(ast::ProfileBinding::Target::kTable, table->ident(), table->connector());
  } else if (auto* sink = dynamic_cast<FlowParser::ProfileSinkContext*>(context)) {
    bind(ast::ProfileBinding::Target::kSink, sink->ident(), sink->connector());
  }
}

ast::ItemPtr AstBuilder::Stream(FlowParser::StreamDeclContext* context) {
  auto item = std::make_unique<ast::StreamDecl>();
  item->keyword = SpanOf(context->K_STREAM());
  item->name = Name(context->ident());
  item->type = Type(context->typeRef());
  if (context->pipelineExpr() != nullptr) item->body = Pipeline(context->pipelineExpr());
  return item;
}

ast::ItemPtr AstBuilder::View(FlowParser::ViewDeclContext* context) {
  auto item = std::make_unique<ast::ViewDecl>();
  item->keyword = SpanOf(context->K_VIEW());
  const auto names = context->ident();
  item->name = names.empty() ? ast::Name{} : Name(names[0]);
  item->key = Names(names, 1, names.size());
  for (auto* clause : context->viewClause()) {
    if (!IsWhole(clause)) continue;
    if (clause->amount() != nullptr) {
      const Span first = item->retain ? item->retain->span : Span{};
      if (Twice(item->retain.has_value(), "retain", first, SpanOf(*clause))) continue;
      item->retain = AmountClause(clause, clause->amount());
    } else {
      const Span first = item->to ? item->to->span : Span{};
      if (Twice(item->to.has_value(), "to", first, SpanOf(*clause))) continue;
      item->to = Connector(clause->connector());
    }
  }
  if (context->pipelineExpr() != nullptr) item->body = Pipeline(context->pipelineExpr());
  return item;
}

ast::ItemPtr AstBuilder::Flow(FlowParser::FlowDeclContext* context) {
  auto item = std::make_unique<ast::FlowDecl>();
  item->keyword = SpanOf(context->getStart());
  if (context->pipelineExpr() != nullptr) item->pipeline = Pipeline(context->pipelineExpr());
  return item;
}

ast::ItemPtr AstBuilder::Alert(FlowParser::AlertDeclContext* context) {
  auto item = std::make_unique<ast::AlertDecl>();
  item->keyword = SpanOf(context->K_ALERT());
  item->name = Name(context->ident());
  for (auto* clause : context->alertClause()) {
    if (IsWhole(clause)) AlertClause(clause, *item);
  }
  return item;
}

void AstBuilder::AlertClause(FlowParser::AlertClauseContext* context, ast::AlertDecl& out) {
  const Span span = SpanOf(*context);
  auto twice = [&](const ast::ExprPtr& old, std::string_view word) {
    return Twice(old != nullptr, word, old == nullptr ? Span{} : old->span, span);
  };
  if (auto* when = dynamic_cast<FlowParser::AlertWhenContext*>(context)) {
    if (!twice(out.when, "when")) out.when = Expr(when->expr());
  } else if (auto* lasting = dynamic_cast<FlowParser::AlertForContext*>(context)) {
    if (!twice(out.for_duration, "for")) out.for_duration = Amount(lasting->amount());
  } else if (auto* severity = dynamic_cast<FlowParser::AlertSeverityContext*>(context)) {
    const Span first = out.severity ? out.severity->span : Span{};
    if (!Twice(out.severity.has_value(), "severity", first, span)) {
      out.severity = Name(severity->ident());
    }
  } else if (auto* notify = dynamic_cast<FlowParser::AlertNotifyContext*>(context)) {
    const Span first = out.notify.empty() ? Span{} : out.notify[0].span;
    if (!Twice(!out.notify.empty(), "notify", first, span)) {
      out.notify = Names(notify->ident(), 0, notify->ident().size());
    }
  } else if (auto* message = dynamic_cast<FlowParser::AlertMessageContext*>(context)) {
    if (!twice(out.message, "message")) out.message = Literal(message->getStop());
  }
}

ast::ItemPtr AstBuilder::Slo(FlowParser::SloDeclContext* context) {
  auto item = std::make_unique<ast::SloDecl>();
  item->keyword = SpanOf(context->K_SLO());
  const auto names = context->ident();
  item->name = names.empty() ? ast::Name{} : Name(names[0]);
  item->notify = Names(names, 1, names.size());
  item->when = Expr(context->expr());
  const auto amounts = context->amount();
  item->objective = Amount(!amounts.empty() ? amounts[0] : nullptr);
  item->over = Amount(amounts.size() > 1 ? amounts[1] : nullptr);
  return item;
}

}  // namespace weir::syntax
