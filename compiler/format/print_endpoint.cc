#include <string>
#include <utility>

#include "compiler/format/printer.h"

/// Sources, tables and sinks: one clause a line, in canonical order.
namespace weir::format {

Doc Printer::ClauseLines(Doc head, uint32_t head_end, std::vector<Entry> clauses) {
  if (clauses.empty()) return head;
  Arrange(clauses);
  std::vector<Doc> parts{std::move(head)};
  if (Doc behind = comments_.Behind(head_end)) parts.push_back(std::move(behind));
  std::vector<Doc> lines;
  for (size_t i = 0; i < clauses.size(); ++i) {
    lines.push_back(HardLine());
    lines.push_back(i + 1 < clauses.size()
                        ? WithComments(clauses[i])
                        : Concat({comments_.Before(clauses[i].span.begin), clauses[i].print()}));
  }
  parts.push_back(Indent(2, Concat(std::move(lines))));
  return Concat(std::move(parts));
}

Doc Printer::Source(const ast::SourceDecl& source) {
  Doc head = Concat({Text("source "), Name(source.name), Text(": "), Type(source.type)});
  const uint32_t head_end = source.type->span.end;
  std::vector<Entry> clauses;
  if (source.from) {
    clauses.push_back({source.from->span, [&] {
                         return Concat({Text("from "), Connector(*source.from)});
                       }});
  }
  if (source.format)
    clauses.push_back({source.format->span, [&] { return Format(*source.format); }});
  if (source.key) clauses.push_back({source.key->span, [&] { return Keys("key", *source.key); }});
  if (source.time) clauses.push_back({source.time->span, [&] { return Time(*source.time); }});
  if (source.future) {
    clauses.push_back({source.future->span, [&] {
                         return Concat({Text("future "), Expr(source.future->amount)});
                       }});
  }
  if (source.rate) {
    clauses.push_back({source.rate->span, [&] {
                         return Concat({Text("rate "), Expr(source.rate->low), Text(".."),
                                        Expr(source.rate->high)});
                       }});
  }
  if (source.on_error) {
    clauses.push_back({source.on_error->span, [&] {
                         return Concat({Text("on error "), Route(source.on_error->route)});
                       }});
  }
  return ClauseLines(std::move(head), head_end, std::move(clauses));
}

Doc Printer::Time(const ast::TimeClause& time) {
  std::vector<Doc> parts{Text("time "), Expr(time.time), Text(" watermark ")};
  switch (time.watermark) {
    case ast::WatermarkKind::kLag:
      parts.push_back(Text("lag "));
      parts.push_back(Expr(time.lag));
      break;
    case ast::WatermarkKind::kAscending: parts.push_back(Text("ascending")); break;
    case ast::WatermarkKind::kNone: parts.push_back(Text("none")); break;
  }
  if (time.idle != nullptr) {
    parts.push_back(Text(" idle "));
    parts.push_back(Expr(time.idle));
  }
  if (time.advance) parts.push_back(Text(" advance"));
  return Concat(std::move(parts));
}

Doc Printer::Table(const ast::TableDecl& table) {
  Doc head = Concat({Text("table "), Name(table.name), Text(": "), Type(table.type)});
  const uint32_t head_end = table.type->span.end;
  std::vector<Entry> clauses;
  if (table.from) {
    clauses.push_back({table.from->span, [&] {
                         return Concat({Text("from "), Connector(*table.from)});
                       }});
  }
  if (table.format) clauses.push_back({table.format->span, [&] { return Format(*table.format); }});
  if (table.key) clauses.push_back({table.key->span, [&] { return Keys("key", *table.key); }});
  if (table.where) {
    clauses.push_back({table.where->span, [&] {
                         return Concat({Text("where "), Expr(table.where->expr)});
                       }});
  }
  if (table.versioned) {
    clauses.push_back({table.versioned->span, [&] {
                         std::vector<Doc> parts{Text("versioned by "), Expr(table.versioned->by)};
                         if (table.versioned->retain != nullptr) {
                           parts.push_back(Text(" retain "));
                           parts.push_back(Expr(table.versioned->retain));
                         }
                         return Concat(std::move(parts));
                       }});
  }
  if (table.cache) {
    clauses.push_back({table.cache->span, [&] {
                         std::vector<Doc> parts{Text("cache "), Expr(table.cache->rows),
                                                Text(" rows ttl "), Expr(table.cache->ttl)};
                         if (table.cache->negative != nullptr) {
                           parts.push_back(Text(" negative "));
                           parts.push_back(Expr(table.cache->negative));
                         }
                         return Concat(std::move(parts));
                       }});
  }
  if (table.warm) clauses.push_back({*table.warm, [] { return Text("warm on start"); }});
  if (table.refresh) {
    clauses.push_back({table.refresh->span, [&] {
                         return Concat({Text("refresh every "), Expr(table.refresh->amount)});
                       }});
  }
  return ClauseLines(std::move(head), head_end, std::move(clauses));
}

Doc Printer::Sink(const ast::SinkDecl& sink) {
  std::vector<Doc> heads{Text("sink "), Name(sink.name)};
  if (sink.type != nullptr) {
    heads.push_back(Text(": "));
    heads.push_back(Type(sink.type));
  }
  Doc head = Concat(std::move(heads));
  const uint32_t head_end = sink.type != nullptr ? sink.type->span.end : sink.name.span.end;
  std::vector<Entry> clauses;
  if (sink.to) {
    clauses.push_back({sink.to->span, [&] { return Concat({Text("to "), Connector(*sink.to)}); }});
  }
  if (sink.format) clauses.push_back({sink.format->span, [&] { return Format(*sink.format); }});
  if (sink.key) clauses.push_back({sink.key->span, [&] { return Keys("key", *sink.key); }});
  if (sink.batch) clauses.push_back({sink.batch->span, [&] { return Batch(*sink.batch); }});
  if (sink.retry) {
    clauses.push_back({sink.retry->span, [&] {
                         return Concat({Text("retry "), Expr(sink.retry->attempts),
                                        Text(" backoff "), Expr(sink.retry->backoff_low),
                                        Text(".."), Expr(sink.retry->backoff_high)});
                       }});
  }
  if (sink.delivery) {
    clauses.push_back({sink.delivery->span, [&] {
                         return Concat({Text("delivery "), Name(sink.delivery->mode)});
                       }});
  }
  if (sink.pii) clauses.push_back({sink.pii->span, [&] { return Pii(*sink.pii); }});
  if (sink.columns) {
    clauses.push_back({sink.columns->span, [&] {
                         return Concat(
                             {Text("columns "), BraceBlock(AssignmentEntries(sink.columns->columns),
                                                           sink.columns->span)});
                       }});
  }
  if (sink.on_error) {
    clauses.push_back({sink.on_error->span, [&] {
                         return Concat({Text("on error "), Route(sink.on_error->route)});
                       }});
  }
  return ClauseLines(std::move(head), head_end, std::move(clauses));
}

Doc Printer::Batch(const ast::BatchClause& batch) {
  std::vector<Doc> parts{Text("batch ")};
  for (size_t i = 0; i < batch.limits.size(); ++i) {
    if (i > 0) parts.push_back(Text(" or "));
    parts.push_back(Expr(batch.limits[i]));
    if (i == 0 && batch.rows_word) parts.push_back(Text(" rows"));
  }
  if (batch.checkpoint) parts.push_back(Text(" or checkpoint"));
  return Concat(std::move(parts));
}

}  // namespace weir::format
