#include <utility>

#include "compiler/syntax/ast_builder.h"

/// Sources, tables and sinks.
namespace weir::syntax {
namespace {

/// Where an optional clause was given before; an invalid span if it was not.
template <typename T>
Span FirstSpan(const std::optional<T>& clause) {
  return clause ? clause->span : Span{};
}

}  // namespace

ast::ItemPtr AstBuilder::Source(FlowParser::SourceDeclContext* context) {
  auto item = std::make_unique<ast::SourceDecl>();
  item->keyword = SpanOf(context->K_SOURCE());
  item->name = Name(context->ident());
  item->type = Type(context->typeRef());
  for (auto* clause : context->sourceClause()) {
    if (IsWhole(clause)) SourceClause(clause, *item);
  }
  return item;
}

void AstBuilder::SourceClause(FlowParser::SourceClauseContext* context, ast::SourceDecl& out) {
  const Span span = SpanOf(*context);
  auto set = [&](auto& slot, std::string_view word, auto value) {
    if (!Twice(slot.has_value(), word, FirstSpan(slot), span)) slot = std::move(value);
  };
  if (auto* from = dynamic_cast<FlowParser::SrcFromContext*>(context)) {
    set(out.from, "from", Connector(from->connector()));
  } else if (auto* format = dynamic_cast<FlowParser::SrcFormatContext*>(context)) {
    set(out.format, "format",
        Format(format, format->ident(), format->callArgs(), format->LPAREN(), format->RPAREN()));
  } else if (auto* key = dynamic_cast<FlowParser::SrcKeyContext*>(context)) {
    set(out.key, "key", Keys(key->exprList(), key->K_KEY()));
  } else if (auto* time = dynamic_cast<FlowParser::SrcTimeContext*>(context)) {
    set(out.time, "time", Time(time));
  } else if (auto* rate = dynamic_cast<FlowParser::SrcRateContext*>(context)) {
    set(out.rate, "rate", ast::RateClause{Amount(rate->amount(0)), Amount(rate->amount(1)), span});
  } else if (auto* future = dynamic_cast<FlowParser::SrcFutureContext*>(context)) {
    set(out.future, "future", AmountClause(future, future->amount()));
  } else if (auto* error = dynamic_cast<FlowParser::SrcErrorContext*>(context)) {
    set(out.on_error, "on error", OnError(error, error->route()));
  }
}

ast::TimeClause AstBuilder::Time(FlowParser::SrcTimeContext* context) {
  ast::TimeClause time;
  time.span = SpanOf(*context);
  time.time = Expr(context->expr());
  auto* spec = context->watermarkSpec();
  time.watermark_span = SpanOf(*spec);
  auto amounts = spec->amount();
  size_t next = 0;
  if (spec->K_LAG() != nullptr) {
    time.watermark = ast::WatermarkKind::kLag;
    time.lag = Amount(amounts[next++]);
  } else if (spec->K_ASCENDING() != nullptr) {
    time.watermark = ast::WatermarkKind::kAscending;
  }
  if (spec->K_IDLE() != nullptr) time.idle = Amount(amounts[next]);
  time.advance = spec->K_ADVANCE() != nullptr;
  return time;
}

ast::ItemPtr AstBuilder::Table(FlowParser::TableDeclContext* context) {
  auto item = std::make_unique<ast::TableDecl>();
  item->keyword = SpanOf(context->K_TABLE());
  item->name = Name(context->ident());
  item->type = Type(context->typeRef());
  for (auto* clause : context->tableClause()) {
    if (IsWhole(clause)) TableClause(clause, *item);
  }
  return item;
}

void AstBuilder::TableClause(FlowParser::TableClauseContext* context, ast::TableDecl& out) {
  const Span span = SpanOf(*context);
  auto set = [&](auto& slot, std::string_view word, auto value) {
    if (!Twice(slot.has_value(), word, FirstSpan(slot), span)) slot = std::move(value);
  };
  if (auto* from = dynamic_cast<FlowParser::TabFromContext*>(context)) {
    set(out.from, "from", Connector(from->connector()));
  } else if (auto* format = dynamic_cast<FlowParser::TabFormatContext*>(context)) {
    set(out.format, "format",
        Format(format, format->ident(), format->callArgs(), format->LPAREN(), format->RPAREN()));
  } else if (auto* key = dynamic_cast<FlowParser::TabKeyContext*>(context)) {
    set(out.key, "key", Keys(key->exprList(), key->K_KEY()));
  } else if (auto* cache = dynamic_cast<FlowParser::TabCacheContext*>(context)) {
    auto* negative = cache->amount().size() > 2 ? cache->amount(2) : nullptr;
    set(out.cache, "cache",
        ast::CacheClause{Amount(cache->amount(0)), Amount(cache->amount(1)),
                         negative == nullptr ? nullptr : Amount(negative), span});
  } else if (auto* refresh = dynamic_cast<FlowParser::TabRefreshContext*>(context)) {
    set(out.refresh, "refresh", AmountClause(refresh, refresh->amount()));
  } else if (dynamic_cast<FlowParser::TabWarmContext*>(context) != nullptr) {
    if (!Twice(out.warm.has_value(), "warm", out.warm.value_or(Span{}), span)) out.warm = span;
  } else if (auto* where = dynamic_cast<FlowParser::TabWhereContext*>(context)) {
    set(out.where, "where", ast::ExprClause{Expr(where->whereClause()->expr()), span});
  } else if (auto* versioned = dynamic_cast<FlowParser::TabVersionedContext*>(context)) {
    auto* retain = versioned->amount();
    set(out.versioned, "versioned by",
        ast::VersionedClause{Expr(versioned->expr()), retain == nullptr ? nullptr : Amount(retain),
                             span});
  }
}

ast::ItemPtr AstBuilder::Sink(FlowParser::SinkDeclContext* context) {
  auto item = std::make_unique<ast::SinkDecl>();
  item->keyword = SpanOf(context->K_SINK());
  item->name = Name(context->ident());
  item->type = Type(context->typeRef());
  for (auto* clause : context->sinkClause()) {
    if (IsWhole(clause)) SinkClause(clause, *item);
  }
  return item;
}

void AstBuilder::SinkClause(FlowParser::SinkClauseContext* context, ast::SinkDecl& out) {
  const Span span = SpanOf(*context);
  auto set = [&](auto& slot, std::string_view word, auto value) {
    if (!Twice(slot.has_value(), word, FirstSpan(slot), span)) slot = std::move(value);
  };
  if (auto* to = dynamic_cast<FlowParser::SnkToContext*>(context)) {
    set(out.to, "to", Connector(to->connector()));
  } else if (auto* format = dynamic_cast<FlowParser::SnkFormatContext*>(context)) {
    set(out.format, "format",
        Format(format, format->ident(), format->callArgs(), format->LPAREN(), format->RPAREN()));
  } else if (auto* key = dynamic_cast<FlowParser::SnkKeyContext*>(context)) {
    set(out.key, "key", Keys(key->exprList(), key->K_KEY()));
  } else if (auto* batch = dynamic_cast<FlowParser::SnkBatchContext*>(context)) {
    ast::BatchClause clause;
    for (auto* amount : batch->amount()) clause.limits.push_back(Amount(amount));
    clause.rows_word = batch->K_ROWS() != nullptr;
    clause.checkpoint = batch->K_CHECKPOINT() != nullptr;
    clause.span = span;
    set(out.batch, "batch", std::move(clause));
  } else if (auto* retry = dynamic_cast<FlowParser::SnkRetryContext*>(context)) {
    set(out.retry, "retry",
        ast::RetryClause{Amount(retry->amount(0)), Amount(retry->amount(1)),
                         Amount(retry->amount(2)), span});
  } else if (auto* delivery = dynamic_cast<FlowParser::SnkDeliveryContext*>(context)) {
    set(out.delivery, "delivery", ast::DeliveryClause{Name(delivery->ident()), span});
  } else if (auto* pii = dynamic_cast<FlowParser::SnkPiiContext*>(context)) {
    set(out.pii, "pii", Pii(SpanOf(pii->K_PII()), pii->ident(), pii->STRING()));
  } else if (auto* columns = dynamic_cast<FlowParser::SnkColumnsContext*>(context)) {
    set(out.columns, "columns", ast::ColumnsClause{Assignments(columns->assignment()), span});
  } else if (auto* error = dynamic_cast<FlowParser::SnkErrorContext*>(context)) {
    set(out.on_error, "on error", OnError(error, error->route()));
  }
}

}  // namespace weir::syntax
