#include "compiler/semantic/sink_compiler.h"

#include <algorithm>

#include "compiler/plan/dead_letter_schema.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/semantic/sink_ddl.h"
#include "compiler/semantic/sink_settings.h"
#include "compiler/semantic/stage_exprs.h"
#include "compiler/semantic/stage_union.h"

namespace weir::semantic {
namespace {

bool IsBatchId(const ast::Expr& expr) {
  const auto* call = expr.Try<ast::CallExpr>();
  return call != nullptr && call->callee.text == "sink_batch_id" && call->args.args.empty();
}

class SinkCompiler {
 public:
  SinkCompiler(const SinkParts& parts, StageContext& context)
      : parts_(parts), context_(context), node_(std::make_unique<plan::SinkNode>()) {}

  void Run(std::vector<SinkInput> inputs) {
    std::erase_if(inputs, [](const SinkInput& input) { return input.flow.broken; });
    if (inputs.empty()) return;
    for (SinkInput& input : inputs) Prepare(input);
    std::vector<UnionInput> united;
    for (const SinkInput& input : inputs) united.push_back({input.flow, input.span, input.name});
    SchemaPtr row = CommonSchema(united, parts_.name, context_);
    if (row == nullptr) return;
    for (UnionInput& input : united) ProjectTo(row, context_, input.flow, "shape");
    node_->row = row;
    for (const UnionInput& input : united) node_->inputs.push_back(input.flow.ref);
    CheckMode(united);
    ReadSettings();
    BindRowOptions();
    CheckVolatile(united);
    ReadAfter(inputs);
    CheckDdl();
    Finish(united.front().flow);
  }

 private:
  void Prepare(SinkInput& input) {
    if (parts_.typed != nullptr) ApplyType(input);
    if (parts_.decl != nullptr && parts_.decl->columns) ApplyColumns(input.flow);
    EnforcePii(parts_, context_, input.flow);
  }

  void ApplyType(SinkInput& input) {
    if (!CheckFits(*parts_.typed->schema, input.flow, input.span, parts_.name, context_)) return;
    ProjectTo(WithTagsOf(*parts_.typed->schema, *input.flow.schema), context_, input.flow, "type");
  }

  /// `columns { a = expr }`: overrides and adds, the rest passes.
  void ApplyColumns(StreamFlow& flow) {
    const Scope scope = context_.ScopeOf(flow);
    std::vector<Field> fields = flow.schema->fields();
    auto project = std::make_unique<plan::ProjectNode>();
    for (int i = 0; i < flow.schema->num_fields(); ++i) {
      project->exprs.push_back(ColumnOf(*flow.schema, i));
    }
    for (const ast::Assignment& assignment : parts_.decl->columns->columns) {
      const bool fill = IsBatchId(*assignment.value);
      plan::ExprPtr expr = fill ? plan::MakeLiteral(Value::String(""), assignment.value->span)
                                : context_.binder().Bind(*assignment.value, scope);
      if (fill) batch_id_columns_.push_back(assignment.name.text);
      Field field{assignment.name.text, expr->type, TaintOf(*expr, scope)};
      if (std::optional<int> at = flow.schema->IndexOf(field.name)) {
        fields[static_cast<size_t>(*at)] = std::move(field);
        project->exprs[static_cast<size_t>(*at)] = std::move(expr);
      } else {
        fields.push_back(std::move(field));
        project->exprs.push_back(std::move(expr));
      }
    }
    plan::StreamMode mode = RemapMode(flow.mode, project->exprs);
    context_.Add(std::move(project), flow, Schema::Make(std::move(fields)), std::move(mode),
                 nullptr, "columns");
  }

  const SinkRole* role() const {
    return parts_.connector.ok() && parts_.connector.spec->sink ? &*parts_.connector.spec->sink
                                                                : nullptr;
  }

  bool HasKey() const {
    if (parts_.decl != nullptr && parts_.decl->key) return true;
    for (const PerRowOption& option : parts_.connector.per_row) {
      if (option.spec != nullptr && option.spec->name == "key") return true;
    }
    return parts_.connector.call.options.Has("key");
  }

  void CheckMode(const std::vector<UnionInput>& inputs) {
    for (const UnionInput& input : inputs) {
      if (!input.flow.mode.upsert) continue;
      node_->mode = input.flow.mode;
      const SinkRole* sink = role();
      if (sink == nullptr || sink->upsert == UpsertSupport::kAlways) continue;
      if (sink->upsert == UpsertSupport::kWithKey && HasKey()) continue;
      ReportUpsert(input, sink->upsert == UpsertSupport::kWithKey);
    }
  }

  void ReportUpsert(const UnionInput& input, bool with_key) {
    auto report = context_.Report(Code::kF0601, parts_.span).Arg(parts_.name);
    if (!(input.span == parts_.span)) report.Label(input.span, "these rows come in here");
    report.Note("`" + input.name + "` gives a row again whenever its result changes");
    const plan::StreamMode& mode = input.flow.mode;
    if (with_key) {
      std::string key;
      for (int column : mode.key) {
        key += (key.empty() ? "" : ", ") + input.flow.schema->field(column).name;
      }
      report.Help("say which earlier row a new one replaces: `key " +
                  (key.empty() ? std::string("…") : key) + "`");
    }
    if (mode.closed_column >= 0) {
      report.Help("or take final rows only: `|> where " +
                  input.flow.schema->field(mode.closed_column).name + "`");
    } else {
      report.Help("let the stage that makes them emit final rows only: `emit on close`");
    }
  }

  void ReadSettings() {
    node_->fills.assign(node_->row->fields().size(), plan::SinkFill::kNone);
    for (const std::string& name : batch_id_columns_) {
      if (std::optional<int> at = node_->row->IndexOf(name)) {
        node_->fills[static_cast<size_t>(*at)] = plan::SinkFill::kBatchId;
      }
    }
    ReadSinkSettings(parts_, context_, *node_);
  }

  void CheckDdl() {
    DdlRow row{parts_.name,        parts_.span,
               &parts_.connector,  node_->row.get(),
               node_->mode.upsert, node_->key.empty() ? node_->mode.key : node_->key};
    CheckAgainstDdl(row, context_);
  }

  void BindRowOptions() {
    Scope scope = Scope::OfSchema(*node_->row, "the rows of `" + parts_.name + "`");
    for (const PerRowOption& option : parts_.connector.per_row) {
      plan::ExprPtr value = context_.binder().Bind(*option.expr, scope);
      node_->row_options.push_back({option.spec->name, std::move(value)});
    }
  }

  void CheckVolatile(const std::vector<UnionInput>& inputs) {
    const SinkRole* sink = role();
    const bool exact = sink != nullptr && (sink->guarantee == SinkGuarantee::kExactlyOnce ||
                                           sink->guarantee == SinkGuarantee::kEffectivelyOnce);
    if (!exact || node_->delivery != plan::Delivery::kExactlyOnce || BestEffort()) return;
    for (const UnionInput& input : inputs) {
      if (input.flow.volatile_function.empty()) continue;
      const std::string& name = input.flow.volatile_function;
      context_.Report(Code::kF0605, input.flow.volatile_span)
          .Arg(name)
          .Label(parts_.span, "and `" + parts_.name + "` delivers exactly once")
          .Note("rows that are computed again after a crash would differ from those delivered")
          .Help(name == "now" ? "`ingest_time()` is kept in the checkpoint"
                              : "`uuid5(namespace, values…)` gives the same value again; or "
                                "`delivery at_least_once` at the sink");
    }
  }

  bool BestEffort() const {
    return parts_.decl != nullptr && parts_.decl->on_error &&
           parts_.decl->on_error->route.kind == ast::RouteKind::kDiscard;
  }

  void ReadAfter(const std::vector<SinkInput>& inputs) {
    for (const SinkInput& input : inputs) {
      if (input.after == nullptr) continue;
      const bool known = context_.catalog().FindSink(input.after->text) != nullptr;
      if (!known || input.after->text == parts_.name) {
        context_.Report(Code::kF0607, input.after->span)
            .Arg(input.after->text)
            .Here(known ? "this is the sink itself" : "there is no such sink")
            .Help("name the sink that must have the rows first");
        continue;
      }
      node_->after = input.after->text;
    }
  }

  void Finish(const StreamFlow& input) {
    node_->name = parts_.decl != nullptr
                      ? context_.shared().names.ClaimPlain(parts_.name, parts_.span)
                      : parts_.name;
    node_->stream = parts_.name;
    node_->sink = parts_.name;
    node_->span = parts_.span;
    plan::SinkNode& added = *node_;
    context_.shared().plan.Add(std::move(node_));
    if (parts_.decl == nullptr || !parts_.decl->on_error) {
      added.refused.kind = plan::Route::Kind::kFail;
      added.refused.reason = "refused by the target";
      return;
    }
    StreamFlow refused = input;
    refused.schema = added.row;
    refused.mode = {};
    context_.BindRoute(parts_.decl->on_error->route, added, added.refused, RoutedRows::kWrite,
                       refused, "rows that the target refuses");
  }

  const SinkParts& parts_;
  StageContext& context_;
  std::unique_ptr<plan::SinkNode> node_;
  std::vector<std::string> batch_id_columns_;
};

/// Rows that routes bring to a sink: wrapped, or as they are.
SchemaPtr RoutedSchema(const RouteRequest& request, const SinkInfo& sink) {
  const PiiTag tag = Stricter(TagOfRow(*request.input.schema), request.input.payload_pii);
  if (request.rows == RoutedRows::kWrite) return WrapperSchema(plan::FailedWriteSchema(), tag);
  if (request.rows == RoutedRows::kRow) {
    const bool wrap = sink.typed && sink.schema != nullptr && IsDeadLetter(*sink.schema->schema);
    if (!wrap) return request.input.schema;
  }
  return WrapperSchema(plan::DeadLetterSchema(), tag);
}

}  // namespace

void CompileSink(const SinkParts& parts, std::vector<SinkInput> inputs, StageContext& context) {
  SinkCompiler(parts, context).Run(std::move(inputs));
}

void CompileDeclaredSink(const SinkInfo& sink, bool default_errors, FlowContext& shared) {
  SinkParts parts;
  parts.name = sink.name;
  parts.span = sink.decl->name.span;
  parts.connector = sink.connector;
  parts.format = sink.format;
  parts.decl = sink.decl;
  parts.typed = sink.schema;
  parts.pii = sink.decl->pii ? &*sink.decl->pii : nullptr;
  StageContext context(shared, sink.name, sink.name, default_errors);
  context.place = sink.decl->name.span;
  std::vector<SinkInput> inputs;
  for (const PlainFeed& feed : shared.routes.Feeds(sink.name)) {
    inputs.push_back({feed.flow, feed.span, shared.catalog.TextOf(feed.span), feed.after});
    inputs.back().name = feed.flow.ref.node >= 0 ? shared.plan.at(feed.flow.ref.node).stream : "";
  }
  for (const RouteRequest& request : shared.routes.Requests(sink.name)) {
    SchemaPtr schema = RoutedSchema(request, sink);
    SinkInput input{request.input, request.span, request.what, nullptr};
    input.flow.ref = shared.routes.Settle(request, schema, sink.name);
    input.flow.schema = schema;
    if (request.rows != RoutedRows::kRow) input.flow.mode = {};
    inputs.push_back(std::move(input));
  }
  CompileSink(parts, std::move(inputs), context);
}

}  // namespace weir::semantic
