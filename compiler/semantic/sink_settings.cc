#include "compiler/semantic/sink_settings.h"

#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

class SettingsReader {
 public:
  SettingsReader(const SinkParts& parts, StageContext& context, plan::SinkNode& node)
      : parts_(parts), context_(context), node_(node) {}

  void Run() {
    node_.connector = parts_.connector.call;
    node_.format = parts_.format.name.empty() ? DefaultFormat() : parts_.format.name;
    node_.format_options = parts_.format.options;
    const plan::PipelineSettings& settings = context_.shared().plan.settings;
    node_.delivery =
        settings.exactly_once ? plan::Delivery::kExactlyOnce : plan::Delivery::kAtLeastOnce;
    CheckPipelineDelivery();
    CheckDurability();
    if (parts_.decl == nullptr) return;
    if (parts_.decl->key) ReadKey(*parts_.decl->key);
    if (parts_.decl->batch) ReadBatch(*parts_.decl->batch);
    if (parts_.decl->retry) ReadRetry(*parts_.decl->retry);
    ReadDelivery();
  }

 private:
  /// An option of the connector, else the ending of its path, else JSON.
  std::string DefaultFormat() const {
    const ConnectorOptions& options = parts_.connector.call.options;
    const std::string named = options.GetString("format");
    const ConnectorRegistry* known = context_.catalog().options().connectors;
    if (known != nullptr && known->FindFormat(named) != nullptr) return named;
    const std::string path = options.GetString("path");
    if (path.ends_with(".csv") || path.find(".csv.") != std::string::npos) return "csv";
    return "json";
  }

  void ReadKey(const ast::KeyList& key) {
    const Scope scope = Scope::OfSchema(*node_.row, "the rows of `" + parts_.name + "`");
    for (const ast::KeyItem& item : key.items) {
      const std::string name = ImpliedName(*item.expr);
      if (name.empty()) {
        context_.Report(Code::kF0155, item.span)
            .Message("the key of a sink is made of columns")
            .Help("compute it before, with `extend`, and name it here");
        continue;
      }
      plan::ExprPtr column = context_.binder().Bind(*item.expr, scope);
      if (column->kind == plan::ExprKind::kColumn) node_.key.push_back(column->index);
    }
  }

  void ReadBatch(const ast::BatchClause& batch) {
    for (const ast::ExprPtr& limit : batch.limits) {
      switch (KindOf(*limit)) {
        case ast::ExprKind::kDuration:
          node_.batch_time = context_.Duration(*limit, "batch").value_or(0);
          break;
        case ast::ExprKind::kSize:
          node_.batch_bytes = context_.catalog().ConstantSize(*limit, "batch").value_or(0);
          break;
        default: node_.batch_rows = context_.Integer(*limit, "batch").value_or(0);
      }
    }
  }

  /// What a limit counts: that of a parameter is the type's.
  ast::ExprKind KindOf(const ast::Expr& expr) const {
    const auto* param = expr.Try<ast::ParamExpr>();
    const ParamInfo* info =
        param != nullptr ? context_.catalog().FindParam(param->name.text) : nullptr;
    if (info == nullptr) return expr.kind;
    return info->type.is(TypeKind::kDuration) ? ast::ExprKind::kDuration : ast::ExprKind::kInt;
  }

  void ReadRetry(const ast::RetryClause& retry) {
    node_.retries = static_cast<int>(context_.Integer(*retry.attempts, "retry").value_or(0));
    node_.backoff_min = context_.Duration(*retry.backoff_low, "backoff").value_or(0);
    node_.backoff_max = context_.Duration(*retry.backoff_high, "backoff").value_or(0);
    if (node_.retries < 0 || node_.backoff_min < 0 || node_.backoff_max < node_.backoff_min) {
      context_.Report(Code::kF0302, retry.span)
          .Message("this retry makes no sense")
          .Help("for example `retry 5 backoff 200ms..10s`: the shorter time first");
    }
  }

  bool CanDeliverOnce() const {
    const ConnectorSpec* spec = parts_.connector.spec;
    if (spec == nullptr || !spec->sink) return true;
    const SinkGuarantee can = spec->sink->guarantee;
    return can == SinkGuarantee::kExactlyOnce || can == SinkGuarantee::kEffectivelyOnce;
  }

  /// `delivery = exactly_once` of the head holds for every sink that doesn't say otherwise; a sink
  /// that may lose writes says so by `on error discard`.
  void CheckPipelineDelivery() {
    const auto& head = context_.catalog().file().head;
    if (!head || !context_.shared().plan.settings.exactly_once || CanDeliverOnce()) return;
    const ast::SinkDecl* decl = parts_.decl;
    // `into console()` has no place to say it, and nobody needs it to.
    const bool shows = parts_.connector.spec->sink->guarantee == SinkGuarantee::kBestEffort;
    if (decl == nullptr && shows) return;
    if (decl != nullptr && decl->delivery) return;
    if (decl != nullptr && decl->on_error &&
        decl->on_error->route.kind == ast::RouteKind::kDiscard) {
      return;
    }
    for (const ast::Assignment& setting : head->settings) {
      if (setting.name.text != "delivery") continue;
      context_.Report(Code::kF0606, parts_.span)
          .Arg(parts_.name)
          .Label(setting.value->span, "the pipeline asks for it here")
          .Note("`" + parts_.connector.spec->name + "` may repeat rows after a crash")
          .Help(decl == nullptr
                    ? "declare it, and say so there: `sink out to …(…) delivery at_least_once`, "
                      "then `|> into out`; or take a connector that can"
                    : "write `delivery at_least_once` at the sink, or take a connector that can");
    }
  }

  /// `durability = snapshot` holds rows back until a snapshot has them: only where they are
  /// delivered after commits.
  void CheckDurability() {
    const auto& head = context_.catalog().file().head;
    const ConnectorSpec* spec = parts_.connector.spec;
    if (!head || !context_.shared().plan.settings.durable_snapshot) return;
    if (spec == nullptr || !spec->sink || spec->sink->drops_rows) return;
    if (spec->sink->guarantee == SinkGuarantee::kExactlyOnce) return;
    for (const ast::Assignment& setting : head->settings) {
      if (setting.name.text != "durability") continue;
      context_.Report(Code::kW0605, parts_.span)
          .Arg(parts_.name)
          .Label(setting.value->span, "the pipeline asks for it here")
          .Note("`" + spec->name + "` delivers rows as they come, not after their checkpoint")
          .Help(
              "after the loss of a disk it may get them again; exactly once there are: file, log, "
              "kafka, store");
    }
  }

  void ReadDelivery() {
    const auto& clause = parts_.decl->delivery;
    if (!clause) return;
    const std::string& mode = clause->mode.text;
    if (mode != "exactly_once" && mode != "at_least_once") {
      context_.Report(Code::kF0158, clause->mode.span)
          .Message("there is no delivery `{}`", mode)
          .Help("there is: exactly_once, at_least_once");
      return;
    }
    const bool exactly = mode == "exactly_once";
    node_.delivery = exactly ? plan::Delivery::kExactlyOnce : plan::Delivery::kAtLeastOnce;
    const ConnectorSpec* spec = parts_.connector.spec;
    if (!exactly || CanDeliverOnce()) return;
    context_.Report(Code::kF0606, clause->span)
        .Arg(parts_.name)
        .Label(parts_.connector.span, "`" + spec->name + "` may repeat rows after a crash")
        .Help("write `delivery at_least_once`, or take a connector that can: file, log, kafka");
  }

  const SinkParts& parts_;
  StageContext& context_;
  plan::SinkNode& node_;
};

}  // namespace

void ReadSinkSettings(const SinkParts& parts, StageContext& context, plan::SinkNode& node) {
  SettingsReader(parts, context, node).Run();
}

bool CheckFits(const Schema& wanted, const StreamFlow& flow, Span span, const std::string& typed_as,
               StageContext& context) {
  if (flow.broken) return false;
  for (const Field& field : wanted.fields()) {
    std::optional<int> at = flow.schema->IndexOf(field.name);
    if (!at && field.type.optional()) continue;
    const DataType have = at ? flow.schema->field(*at).type : DataType::Error();
    if (at && (have.is_error() || field.type.is_error())) continue;
    if (at && context.binder().Converts(*ColumnOf(*flow.schema, *at), field.type)) continue;
    auto report = context.Report(Code::kF0159, span).Arg(typed_as);
    if (at) {
      report.Note("`" + field.name + "` is " + have.ToString() + " here and " +
                  field.type.ToString() + " in `" + typed_as + "`");
      report.Help("`|> set " + field.name + " = …` brings it to that type");
    } else {
      report.Note("`" + typed_as + "` needs `" + field.name + ": " + field.type.ToString() + "`");
      report.Help("`|> extend " + field.name + " = …` adds it");
    }
    return false;
  }
  return true;
}

SchemaPtr WithTagsOf(const Schema& schema, const Schema& from) {
  std::vector<Field> fields = schema.fields();
  for (Field& field : fields) {
    if (std::optional<int> at = from.IndexOf(field.name)) {
      field.pii = Stricter(field.pii, from.field(*at).pii);
    }
  }
  return Schema::Make(std::move(fields));
}

}  // namespace weir::semantic
