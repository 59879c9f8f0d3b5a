#include "compiler/semantic/stage_context.h"

#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

/// About half a GB of plan: 500 stages over rows of two thousand columns, 50 000 over few.
constexpr int64_t kMostColumns = 1'000'000;
/// What a stage takes apart from its columns.
constexpr int64_t kColumnsOfAStage = 16;

}  // namespace

FlowContext::FlowContext(const Catalog& the_catalog, plan::LogicalPlan& the_plan)
    : catalog(the_catalog),
      diagnostics(the_catalog.diagnostics()),
      binder(the_catalog),
      plan(the_plan),
      graph(FlowGraph::Build(the_catalog)),
      routes(the_catalog),
      names(the_catalog.diagnostics()) {
  const auto& head = the_catalog.file().head;
  if (head && head->errors) default_errors = &*head->errors;
}

Scope StageContext::ScopeOf(const StreamFlow& flow) {
  Scope scope = Scope::OfSchema(*flow.schema, "stream `" + owner_ + "`");
  AddArguments(scope);
  return scope;
}

void StageContext::AddArguments(Scope& scope) {
  const Scope none;
  for (const auto& [name, argument] : arguments) {
    scope.AddBinding("$" + name, binder().Bind(*argument, none), argument->span);
  }
}

void StageContext::AddNode(std::unique_ptr<plan::LogicalNode> node, StreamFlow& flow,
                           SchemaPtr schema, plan::StreamMode mode,
                           const ast::ErrorClause* on_error, const std::string& suffix) {
  node->name = stage != nullptr ? shared_.names.Claim(owner_, *stage, node->stateful(), suffix)
                                : shared_.names.ClaimPlain(owner_ + "/" + suffix, place);
  node->stream = declared_;
  node->span = span();
  node->inputs = {flow.ref};
  node->schema = schema;
  node->mode = mode;
  CountColumns(*schema, flow);
  plan::LogicalNode& added = *node;
  const plan::NodeId id = shared_.plan.Add(std::move(node));
  BindErrors(added, flow, on_error);
  VolatileCall call = FindVolatile(added);
  if (flow.volatile_function.empty()) {
    flow.volatile_function = call.function;
    flow.volatile_span = call.span;
  }
  flow.ref = {id, 0};
  flow.schema = std::move(schema);
  flow.mode = std::move(mode);
}

void StageContext::CountColumns(const Schema& schema, StreamFlow& flow) {
  const int64_t before = shared_.columns;
  shared_.columns += schema.num_fields() + kColumnsOfAStage;
  if (shared_.columns <= kMostColumns) return;
  flow.broken = true;
  if (before > kMostColumns) return;
  Report(Code::kF0164, span())
      .Note(
          "stages times columns are bounded: 50 000 stages over narrow rows, 500 over 2 000 "
          "columns")
      .Help("one `extend` can compute many columns; `select` leaves out those no longer needed");
}

void StageContext::BindErrors(plan::LogicalNode& node, const StreamFlow& input,
                              const ast::ErrorClause* on_error) {
  if (on_error != nullptr) return RequireErrorRoute(node, node.error, input, {}, {}, {}, on_error);
  plan::ExprPtr fallible = FindFallible(node);
  if (fallible == nullptr) return;
  RequireErrorRoute(node, node.error, input, fallible->span.valid() ? fallible->span : span(),
                    "`" + catalog().TextOf(fallible->span) + "` has no value for some rows");
}

void StageContext::RequireErrorRoute(plan::LogicalNode& node, plan::Route& slot,
                                     const StreamFlow& input, Span span, const std::string& why,
                                     const std::string& remedy, const ast::ErrorClause* on_error) {
  if (slot.is_set() || input.broken) return;
  if (on_error != nullptr) {
    BindRoute(on_error->route, node, slot, RoutedRows::kError, input, "rows that fail");
    return;
  }
  if (default_errors_ && shared_.default_errors != nullptr) {
    BindRoute(*shared_.default_errors, node, slot, RoutedRows::kError, input, "rows that fail");
    return;
  }
  auto report = Report(Code::kF0604, span).Note(why);
  if (shared_.default_errors != nullptr) {
    report.Note("`errors " + catalog().TextOf(shared_.default_errors->span) +
                "` doesn't apply here: these rows come from its own target");
    report.Help("make it not fail: " + remedy);
    return;
  }
  report.Help(
      "say where such rows go, in the head of the file: `pipeline p { errors -> rejected }`"
      " with `stream rejected`; or make it not fail: " +
      remedy);
}

void StageContext::BindRoute(const ast::Route& route, plan::LogicalNode& node, plan::Route& slot,
                             RoutedRows rows, const StreamFlow& input, const std::string& what,
                             bool allow_default) {
  routes().Bind(route, {&node, &slot, rows, input, route.span, what}, allow_default);
}

std::optional<int64_t> StageContext::ExpectedKeys() {
  if (stage == nullptr) return std::nullopt;
  for (const ast::Annotation& annotation : stage->annotations) {
    if (annotation.name.text != "keys") continue;
    if (annotation.args && annotation.args->args.size() == 1) {
      return Integer(*annotation.args->args[0].value, "@keys");
    }
  }
  return std::nullopt;
}

/// None is ignored without a word.
void StageContext::CheckAnnotations() {
  for (const ast::Annotation& annotation : stage->annotations) {
    const std::string& name = annotation.name.text;
    if (name == "was") {
      Report(Code::kW0160, annotation.span).Arg("`@was` is");
    } else if (name != "keys") {
      Report(Code::kF0111, annotation.span)
          .Arg(name)
          .Help("a stage may have `@keys(1_000_000)`: how many keys its state will hold");
    } else if (!ExpectedKeys()) {
      Report(Code::kF0111, annotation.span)
          .Message("`@keys` needs a number")
          .Help("for example `@keys(1_000_000)`: how many keys the state will hold");
    }
  }
}

const ast::Expr& StageContext::Argument(const ast::Expr& expr) const {
  const auto* param = expr.Try<ast::ParamExpr>();
  if (param == nullptr) return expr;
  auto found = arguments.find(param->name.text);
  return found == arguments.end() ? expr : *found->second;
}

std::optional<Micros> StageContext::Duration(const ast::Expr& expr, std::string_view what) {
  Scope scope;
  AddArguments(scope);
  return catalog().ConstantDuration(expr, what, &scope);
}

std::optional<int64_t> StageContext::Integer(const ast::Expr& expr, std::string_view what) {
  Scope scope;
  AddArguments(scope);
  return catalog().ConstantInteger(expr, what, &scope);
}

std::optional<double> StageContext::Number(const ast::Expr& expr, std::string_view what) {
  Scope scope;
  AddArguments(scope);
  return catalog().ConstantNumber(expr, what, &scope);
}

bool StageContext::RefuseUpserts(const StreamFlow& flow) {
  if (!flow.mode.upsert || flow.broken) return false;
  auto report = Report(Code::kF0406, stage->keyword).Arg(ast::StageWord(stage->kind));
  report.Note(
      "these rows replace earlier ones with the same key, so the same fact comes several "
      "times");
  if (flow.mode.closed_column >= 0) {
    report.Help("take only final rows: `|> where " +
                flow.schema->field(flow.mode.closed_column).name + "` before this stage");
  } else {
    report.Help("let the stage that makes them emit final rows only: `emit on close`");
  }
  return true;
}

bool StageContext::RefuseWithoutWatermark(const StreamFlow& flow, Span span,
                                          const std::string& what) {
  if (flow.has_watermark || flow.broken) return false;
  Report(Code::kF0301, span)
      .Arg(what)
      .Label(flow.no_watermark_span, "source `" + flow.no_watermark_source + "` has no watermark")
      .Note("a " + what + " closes when the watermark passes its end")
      .Help("give the source one: `time <field> watermark lag 10s`");
  return true;
}

void RefuseStage(const ast::Stage& stage, StageContext& context, StreamFlow& flow) {
  const std::string word = ast::StageWord(stage.kind);
  auto report = context.Report(Code::kF0160, stage.keyword).Arg(word);
  if (stage.kind == ast::StageKind::kJoin) {
    report.Help("for a table by key, `lookup` works now");
  } else if (stage.kind == ast::StageKind::kSort) {
    report.Help(
        "a stream never ends, so it can't be sorted; `top 10 by x per window_start` works "
        "now");
  }
  flow.broken = true;
}

void CompileStages(const std::vector<ast::StagePtr>& stages, StageContext& context,
                   StreamFlow& flow) {
  using Kind = ast::StageKind;
  for (size_t i = 0; i < stages.size(); ++i) {
    const ast::Stage& stage = *stages[i];
    context.stage = &stage;
    context.is_last = i + 1 == stages.size();
    if (flow.broken) return;
    context.CheckAnnotations();
    switch (stage.kind) {
      case Kind::kWhere: CompileWhere(stage.As<ast::WhereStage>(), context, flow); break;
      case Kind::kSelect: CompileSelect(stage.As<ast::SelectStage>(), context, flow); break;
      case Kind::kExtend: CompileExtend(stage.As<ast::ExtendStage>(), context, flow); break;
      case Kind::kSet: CompileSet(stage.As<ast::SetStage>(), context, flow); break;
      case Kind::kWithout: CompileWithout(stage.As<ast::WithoutStage>(), context, flow); break;
      case Kind::kValidate: CompileValidate(stage.As<ast::ValidateStage>(), context, flow); break;
      case Kind::kDedupe: CompileDedupe(stage.As<ast::DedupeStage>(), context, flow); break;
      case Kind::kLookup: CompileLookup(stage.As<ast::LookupStage>(), context, flow); break;
      case Kind::kAggregate:
        CompileAggregate(stage.As<ast::AggregateStage>(), context, flow);
        break;
      case Kind::kSession: CompileSession(stage.As<ast::SessionStage>(), context, flow); break;
      case Kind::kProcess: CompileProcess(stage.As<ast::ProcessStage>(), context, flow); break;
      case Kind::kAnomaly: CompileAnomaly(stage.As<ast::AnomalyStage>(), context, flow); break;
      case Kind::kRoute: CompileRoute(stage.As<ast::RouteStage>(), context, flow); break;
      case Kind::kUnion: CompileUnion(stage.As<ast::UnionStage>(), context, flow); break;
      case Kind::kFlatten: CompileFlatten(stage.As<ast::FlattenStage>(), context, flow); break;
      case Kind::kTop: CompileTop(stage.As<ast::TopStage>(), context, flow); break;
      case Kind::kLimit: CompileLimit(stage.As<ast::LimitStage>(), context, flow); break;
      case Kind::kSample: CompileSample(stage.As<ast::SampleStage>(), context, flow); break;
      case Kind::kRekey: CompileRekey(stage.As<ast::RekeyStage>(), context, flow); break;
      case Kind::kApply: CompileApply(stage.As<ast::ApplyStage>(), context, flow); break;
      case Kind::kInto: CompileInto(stage.As<ast::IntoStage>(), context, flow); break;
      case Kind::kJoin:
      case Kind::kSort: RefuseStage(stage, context, flow); break;
      case Kind::kError: flow.broken = true; break;
    }
  }
}

}  // namespace weir::semantic
