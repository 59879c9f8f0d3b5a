#include <algorithm>

#include "compiler/plan/aggregate_node.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"
#include "compiler/semantic/stage_window.h"

namespace weir::semantic {
namespace {

using plan::AggregateNode;

class AggregateCompiler {
 public:
  AggregateCompiler(const ast::AggregateStage& stage, StageContext& context, StreamFlow& flow)
      : stage_(stage),
        context_(context),
        flow_(flow),
        scope_(context.ScopeOf(flow)),
        columns_(context),
        node_(std::make_unique<AggregateNode>()) {}

  void Run() {
    if (context_.RefuseUpserts(flow_)) {
      flow_.broken = true;
      return;
    }
    WarnSampled();
    BindKeyColumns();
    if (stage_.over) {
      BindWindow(*stage_.over, context_, flow_, node_->window);
      AddWindowColumns();
    }
    BindAggregates();
    BindEmit();
    Bound();
    Finish();
  }

 private:
  bool windowed() const { return stage_.over.has_value(); }

  void WarnSampled() {
    if (!flow_.sampled.valid()) return;
    context_.Report(Code::kW0601, flow_.sampled)
        .Arg(flow_.sampled_word)
        .Label(stage_.keyword, "counted here")
        .Help("sample or limit the result instead");
  }

  void BindKeyColumns() {
    if (!stage_.by) return;
    BoundKeys keys = BindKeys(*stage_.by, scope_, context_, /*need_names=*/true);
    for (size_t i = 0; i < keys.exprs.size(); ++i) {
      columns_.Add(keys.names[i], keys.exprs[i]->type, TaintOf(*keys.exprs[i], scope_),
                   keys.spans[i]);
    }
    node_->keys = std::move(keys.exprs);
  }

  void AddWindowColumns() {
    Span span = stage_.over->span;
    columns_.Add("window_start", DataType::Timestamp(), {}, span);
    columns_.Add("window_end", DataType::Timestamp(), {}, span);
    columns_.Add("window_closed", DataType::Bool(), {}, span);
  }

  void BindAggregates() {
    for (const ast::Assignment& assignment : stage_.aggregates) {
      plan::AggregateCall call = context_.binder().BindAggregate(*assignment.value, scope_);
      call.name = assignment.name.text;
      PiiTag tag;
      // What counts rows or distinct values tells nothing of one person; what keeps values does.
      if (KeepsValues(call)) {
        for (const plan::ExprPtr& argument : call.arguments) {
          tag = Stricter(tag, TaintOf(*argument, scope_));
        }
      }
      columns_.Add(call.name, call.type, tag, assignment.name.span);
      node_->aggregates.push_back(std::move(call));
    }
  }

  static bool KeepsValues(const plan::AggregateCall& call) {
    if (call.function == nullptr) return false;
    const std::string& name = call.function->name;
    return name != "count" && name != "count_distinct" && name != "approx_distinct";
  }

  void BindEmit() {
    const EmitPlace place = windowed() ? EmitPlace::kWindow : EmitPlace::kRunning;
    node_->emit = ReadEmit(stage_.emit, place, context_);
  }

  /// Every state has an end: a window's, a ttl, a view's retain.
  void Bound() {
    if (stage_.ttl) {
      node_->ttl = context_.Duration(*stage_.ttl->amount, "ttl");
    } else if (!windowed() && context_.in_view) {
      node_->ttl = context_.view_retain;
    }
    if (windowed()) return;
    const bool bounded = node_->ttl.has_value() || context_.in_view || node_->keys.empty();
    if (!bounded) {
      int64_t bytes = 48 + 16 * static_cast<int64_t>(node_->aggregates.size());
      for (const auto& key : node_->keys) bytes += EstimatedBytes(key->type);
      context_.Report(Code::kF0401, stage_.keyword)
          .Here("running aggregate, no ttl (" + EstimateText(bytes, context_.ExpectedKeys()) + ")")
          .Help("add `ttl 7d`, a window (`over tumbling 1h`), or put it in a view with `retain`");
    }
    if (context_.in_view) node_->retain_key = RetainKey();
  }

  /// The key column from which `retain` counts: the first date or timestamp.
  int RetainKey() const {
    for (size_t i = 0; i < node_->keys.size(); ++i) {
      TypeKind kind = node_->keys[i]->type.kind();
      if (kind == TypeKind::kDate || kind == TypeKind::kTimestamp) return static_cast<int>(i);
    }
    return -1;
  }

  plan::StreamMode OutputMode() const {
    if (windowed() && node_->emit.only_on_close()) return {};
    plan::StreamMode mode;
    mode.upsert = true;
    for (size_t i = 0; i < node_->keys.size(); ++i) mode.key.push_back(static_cast<int>(i));
    if (windowed()) {
      const int start = static_cast<int>(node_->keys.size());
      mode.key.push_back(start);
      mode.closed_column = start + 2;
    }
    return mode;
  }

  void Finish() {
    const StreamFlow input = flow_;
    auto& added = context_.Add(std::move(node_), flow_, columns_.Make(), OutputMode(), on_error());
    flow_.slide = added.window.slide;
    BindLate(added, input);
    BindFailures(added, input);
  }

  const ast::ErrorClause* on_error() const { return stage_.on_error ? &*stage_.on_error : nullptr; }

  /// Results are put together from several accumulators.
  static bool Merges(const plan::WindowSpec& window) {
    return window.kind == plan::WindowKind::kSliding ||
           window.kind == plan::WindowKind::kCumulating ||
           window.kind == plan::WindowKind::kSession;
  }

  /// Sums that may leave their type: the row that does so takes the error route; so does a result
  /// that only merging takes there, with its keys instead of a row's columns.
  void BindFailures(AggregateNode& added, const StreamFlow& input) {
    StreamFlow results = flow_;
    std::vector<Field> fields = results.schema->fields();
    Span rows_fail, results_fail;
    for (size_t i = 0; i < added.aggregates.size(); ++i) {
      const plan::AggregateCall& call = added.aggregates[i];
      if (call.overload == nullptr || call.type.is_error()) continue;
      const AggregateKernel kernel = call.Kernel();
      if (!kernel.can_fail && !kernel.result_can_fail) continue;
      const Span span = stage_.aggregates[i].value->span;
      if (kernel.can_fail) rows_fail = span;
      if (kernel.result_can_fail || Merges(added.window)) results_fail = span;
      Field& field = fields[fields.size() - added.aggregates.size() + i];
      field.type = field.type.AsOptional();
    }
    const auto why = [this](Span span) {
      return "`" + context_.catalog().TextOf(span) + "` may leave its type";
    };
    const std::string remedy =
        "a sum of integers of 32 bits, or of decimals of at most 28 digits, always fits: "
        "`sum(cast(x as decimal(19, 0)))`";
    if (rows_fail.valid()) {
      context_.RequireErrorRoute(added, added.error, input, rows_fail, why(rows_fail), remedy);
    }
    const bool reported = rows_fail.valid() && !added.error.is_set();
    if (!results_fail.valid() || reported) return;
    results.schema = Schema::Make(std::move(fields));
    context_.RequireErrorRoute(added, added.result_error, results, results_fail, why(results_fail),
                               remedy, on_error());
  }

  void BindLate(AggregateNode& added, const StreamFlow& input) {
    if (stage_.late) {
      added.lateness = context_.Duration(*stage_.late->after, "late after").value_or(0);
      NoteLateness(added.lateness, stage_.late->after->span, flow_);
      context_.BindRoute(stage_.late->route, added, added.late, RoutedRows::kRow, input,
                         "late events");
      return;
    }
    if (windowed()) {
      ReportLateMissing(context_, stage_.over->span, "`over " + WindowText() + "` closes windows");
    } else if (added.retain_key >= 0) {
      context_.RequireErrorRoute(added, added.late, input, stage_.keyword,
                                 "rows older than the view's `retain` take the late or error route",
                                 StageContext::kTryInstead, on_error());
    }
  }

  std::string WindowText() const {
    std::string text = context_.catalog().TextOf(stage_.over->span);
    const std::string word = "over ";
    return text.rfind(word, 0) == 0 ? text.substr(word.size()) : text;
  }

  const ast::AggregateStage& stage_;
  StageContext& context_;
  StreamFlow& flow_;
  Scope scope_;
  ColumnList columns_;
  std::unique_ptr<AggregateNode> node_;
};

}  // namespace

void CompileAggregate(const ast::AggregateStage& stage, StageContext& context, StreamFlow& flow) {
  AggregateCompiler(stage, context, flow).Run();
}

}  // namespace weir::semantic
