#include "compiler/plan/source_node.h"

#include "compiler/semantic/flow_inputs.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

std::string DecodedFormat(const ResolvedFormat& format, const ConnectorCall& connector) {
  if (!format.name.empty()) return format.name;
  const std::string named = connector.options.GetString("format");
  if (!named.empty()) return named;
  const std::string path = connector.options.GetString("path");
  return path.ends_with(".csv") || path.find(".csv.") != std::string::npos ? "csv" : "json";
}

class SourceCompiler {
 public:
  SourceCompiler(const SourceInfo& source, bool default_errors, FlowContext& shared)
      : source_(source),
        decl_(*source.decl),
        shared_(shared),
        default_errors_(default_errors),
        node_(std::make_unique<plan::SourceNode>()) {}

  void Run() {
    if (source_.schema == nullptr) {
      shared_.streams[source_.name] = BrokenFlow();
      return;
    }
    flow_.schema = source_.schema->schema;
    flow_.payload_pii = TagOfRow(*flow_.schema);
    node_->name = shared_.names.ClaimPlain(source_.name, decl_.name.span);
    node_->stream = source_.name;
    node_->source = source_.name;
    node_->source_index = static_cast<uint32_t>(&source_ - shared_.catalog.source_decls().data());
    node_->span = decl_.span;
    node_->schema = flow_.schema;
    node_->connector = source_.connector.call;
    node_->decode = MakeDecode(*source_.schema, source_.format, node_->connector);
    ReadTime();
    ReadKey();
    ReadRate();
    plan::SourceNode& added = *node_;
    flow_.ref = {shared_.plan.Add(std::move(node_)), 0};
    BindErrors(added);
    shared_.streams[source_.name] = flow_;
  }

 private:
  Scope RowScope() const { return Scope::OfSchema(*flow_.schema, "source `" + source_.name + "`"); }

  void ReadTime() {
    plan::TimeSpec& time = node_->time;
    const auto& catalog = shared_.catalog;
    if (decl_.future) {
      time.future = catalog.ConstantDuration(*decl_.future->amount, "future").value_or(time.future);
    }
    if (!decl_.time) {
      NoWatermark(decl_.name.span);
      return;
    }
    const ast::TimeClause& clause = *decl_.time;
    time.time = shared_.binder.Bind(*clause.time, RowScope(), DataType::Timestamp());
    switch (clause.watermark) {
      case ast::WatermarkKind::kNone:
        time.watermark = plan::WatermarkKind::kNone;
        NoWatermark(clause.watermark_span.valid() ? clause.watermark_span : clause.span);
        return;
      case ast::WatermarkKind::kAscending: time.watermark = plan::WatermarkKind::kAscending; break;
      case ast::WatermarkKind::kLag:
        time.watermark = plan::WatermarkKind::kLag;
        time.lag = catalog.ConstantDuration(*clause.lag, "lag").value_or(0);
        flow_.lag = time.lag;
        break;
    }
    if (clause.idle != nullptr) {
      time.idle = catalog.ConstantDuration(*clause.idle, "idle");
      time.idle_advance = clause.advance;
    } else if (HasPartitions()) {
      shared_.diagnostics.Report(Code::kW0301, clause.watermark_span)
          .Arg(source_.name)
          .Note("the watermark is the slowest partition's; one without events holds all back")
          .Help("say when one counts as idle: `watermark lag 10s idle 30s`");
    }
  }

  void NoWatermark(Span span) {
    flow_.has_watermark = false;
    flow_.no_watermark_source = source_.name;
    flow_.no_watermark_span = span;
  }

  bool HasPartitions() const {
    const ConnectorCall& call = source_.connector.call;
    if (call.connector == "kafka" || call.connector == "log") return true;
    return call.options.GetString("path").find_first_of("*?[{") != std::string::npos;
  }

  void ReadKey() {
    if (!decl_.key) return;
    const Scope scope = RowScope();
    for (const ast::KeyItem& item : decl_.key->items) {
      node_->key.push_back(shared_.binder.Bind(*item.expr, scope));
      flow_.source_key.push_back(ImpliedName(*item.expr));
    }
    flow_.keyed_source = source_.name;
    flow_.source_key_span = decl_.key->span;
  }

  void ReadRate() {
    if (!decl_.rate) return;
    node_->rate_min = shared_.catalog.ConstantInteger(*decl_.rate->low, "rate").value_or(0);
    node_->rate_max = shared_.catalog.ConstantInteger(*decl_.rate->high, "rate").value_or(0);
    if (node_->rate_max != 0 && node_->rate_max < node_->rate_min) {
      shared_.diagnostics.Report(Code::kF0302, decl_.rate->span)
          .Message("this rate has its limits the wrong way round")
          .Help("for example `rate 1000..10_000` events per second; 0 turns the limit off");
    }
  }

  void BindErrors(plan::SourceNode& node) {
    const ast::Route* route = decl_.on_error ? &decl_.on_error->route : nullptr;
    if (route == nullptr && default_errors_) route = shared_.default_errors;
    if (route == nullptr) {
      shared_.diagnostics.Report(Code::kF0604, decl_.name.span)
          .Note("a record that can't be decoded needs a route; there is no silent drop")
          .Help(
              "add `on error -> bad_records` with `stream bad_records`, or `on error discard "
              "\"why\"`, or `on error fail`");
      return;
    }
    shared_.routes.Bind(*route, {&node, &node.dead_letter, RoutedRows::kRecord, flow_, route->span,
                                 "records that can't be decoded"});
  }

  const SourceInfo& source_;
  const ast::SourceDecl& decl_;
  FlowContext& shared_;
  bool default_errors_;
  std::unique_ptr<plan::SourceNode> node_;
  StreamFlow flow_;
};

}  // namespace

plan::DecodeSpec MakeDecode(const SchemaInfo& schema, const ResolvedFormat& format,
                            const ConnectorCall& connector) {
  plan::DecodeSpec decode;
  decode.format = DecodedFormat(format, connector);
  decode.format_options = format.options;
  decode.unknown_keys = schema.unknown_keys;
  decode.collect_output = schema.collect_field;
  decode.max_line = connector.options.GetInt64("max_line", decode.max_line);
  int output = 0;
  for (const FieldInfo& field : schema.fields) {
    decode.fields.push_back({field.name, field.type, field.default_value, field.constraint,
                             field.constraint_text, output++, field.rules, field.parts});
  }
  return decode;
}

void CompileSource(const SourceInfo& source, bool default_errors, FlowContext& shared) {
  SourceCompiler(source, default_errors, shared).Run();
}

void CompileTable(const TableInfo& table, FlowContext& shared) {
  if (table.schema == nullptr) return;
  const ast::TableDecl& decl = *table.decl;
  const Catalog& catalog = shared.catalog;
  plan::TableSpec spec;
  spec.name = table.name;
  spec.schema = table.schema->schema;
  spec.span = decl.span;
  spec.connector = table.connector.call;
  spec.decode = MakeDecode(*table.schema, table.format, spec.connector);
  const Scope scope = Scope::OfSchema(*spec.schema, "table `" + table.name + "`");
  if (decl.key) {
    for (const ast::KeyItem& item : decl.key->items) {
      plan::ExprPtr column = shared.binder.Bind(*item.expr, scope);
      if (column->kind == plan::ExprKind::kColumn) spec.key.push_back(column->index);
    }
  } else {
    shared.diagnostics.Report(Code::kF0155, decl.name.span)
        .Message("the table `{}` has no key", table.name)
        .Help("say what a lookup finds a row by: `key user_id`");
  }
  if (decl.where) spec.where = shared.binder.BindBool(*decl.where->expr, scope, "where");
  if (decl.cache) {
    spec.cache_rows = catalog.ConstantInteger(*decl.cache->rows, "cache").value_or(0);
    spec.cache_ttl = catalog.ConstantDuration(*decl.cache->ttl, "ttl").value_or(0);
    if (decl.cache->negative != nullptr) {
      spec.negative_ttl = catalog.ConstantDuration(*decl.cache->negative, "negative").value_or(0);
    }
  }
  if (decl.refresh) {
    spec.refresh_every = catalog.ConstantDuration(*decl.refresh->amount, "refresh").value_or(0);
  }
  if (decl.cache && decl.refresh && spec.refresh_every > 0 && spec.cache_ttl > spec.refresh_every) {
    shared.diagnostics.Report(Code::kW0501, decl.cache->ttl->span)
        .Arg(table.name)
        .Label(decl.refresh->span, "the table itself is read again sooner")
        .Note("a lookup may still give a row from before the last refresh")
        .Help("a `ttl` that is no longer than `refresh every`");
  }
  spec.warm_on_start = decl.warm.has_value();
  if (decl.versioned) {
    shared.diagnostics.Report(Code::kF0160, decl.versioned->span)
        .Arg("versioned by")
        .Help("a table without versions works now: `lookup` sees the row as it is");
  }
  shared.plan.tables.push_back(std::move(spec));
}

}  // namespace weir::semantic
