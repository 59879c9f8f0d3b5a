#include <algorithm>
#include <set>

#include "compiler/plan/sink_node.h"
#include "compiler/semantic/flow_pipeline.h"
#include "compiler/semantic/sink_compiler.h"
#include "compiler/semantic/sink_ddl.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

class ViewCompiler {
 public:
  ViewCompiler(const ViewInfo& view, bool default_errors, FlowContext& shared)
      : view_(view),
        decl_(*view.decl),
        shared_(shared),
        context_(shared, view.name, view.name, default_errors),
        node_(std::make_unique<plan::ViewNode>()) {}

  void Run() {
    context_.place = decl_.name.span;
    context_.in_view = true;
    ReadRetain();
    StreamFlow flow = CompileFrom(decl_.body, context_);
    CompileStages(decl_.body.stages, context_, flow);
    context_.stage = nullptr;
    shared_.streams[view_.name] = flow;
    if (flow.broken) return;
    CheckRetain(flow);
    if (view_.connector.exists) CheckPii(flow);
    BindKey(flow);
    CheckKey(flow);
    node_->name = shared_.names.ClaimPlain(view_.name, decl_.name.span);
    node_->stream = view_.name;
    node_->view = view_.name;
    node_->span = decl_.span;
    node_->inputs = {flow.ref};
    node_->schema = flow.schema;
    node_->mode.upsert = true;
    node_->mode.key = node_->key;
    if (view_.connector.exists) node_->connector = view_.connector.call;
    CheckAgainstDdl({view_.name, decl_.name.span, &view_.connector, flow.schema.get(),
                     /*upsert=*/true, node_->key},
                    context_);
    shared_.plan.Add(std::move(node_));
  }

 private:
  void ReadRetain() {
    if (decl_.retain) {
      node_->retain = shared_.catalog.ConstantDuration(*decl_.retain->amount, "retain");
      context_.view_retain = node_->retain;
      return;
    }
    shared_.diagnostics.Report(Code::kF0401, decl_.name.span)
        .Here("a view without `retain` keeps every key it ever saw")
        .Help("say how long rows are kept: `view " + view_.name + " key (…) retain 90d = …`");
  }

  void CheckRetain(const StreamFlow& flow) {
    if (!node_->retain || flow.lateness <= *node_->retain) return;
    shared_.diagnostics.Report(Code::kW0303, decl_.retain->span)
        .Arg(view_.name)
        .Label(flow.late_after, "rows are taken this late")
        .Note("a row that comes when its key is dropped starts again from nothing")
        .Help("a `retain` that is longer than `late after`");
  }

  void CheckPii(StreamFlow& flow) {
    SinkParts parts;
    parts.name = view_.name;
    parts.span = decl_.name.span;
    parts.connector = view_.connector;
    EnforcePii(parts, context_, flow);
  }

  void BindKey(const StreamFlow& flow) {
    const Scope scope = context_.ScopeOf(flow);
    for (const ast::Name& name : decl_.key) {
      std::optional<int> at = flow.schema->IndexOf(name.text);
      if (at) {
        node_->key.push_back(*at);
      } else {
        RequireColumn(name, context_, scope);
        complete_ = false;
      }
    }
  }

  std::string Names(const StreamFlow& flow, const std::set<int>& columns) const {
    std::string text;
    for (int column : columns) {
      text += (text.empty() ? "" : ", ") + flow.schema->field(column).name;
    }
    return text;
  }

  /// Rows that replace each other must do so by the key of the view. The start of the window may
  /// be left out: then the view shows the latest window of each key.
  void CheckKey(const StreamFlow& flow) {
    if (!complete_ || !flow.mode.upsert) return;
    std::set<int> have(node_->key.begin(), node_->key.end());
    std::set<int> need(flow.mode.key.begin(), flow.mode.key.end());
    if (have == need) return;
    std::optional<int> window = flow.schema->IndexOf("window_start");
    if (window) {
      need.erase(*window);
      have.erase(*window);
      if (have == need) return;
    }
    const Span span =
        decl_.key.empty() ? decl_.name.span : decl_.key.front().span.To(decl_.key.back().span);
    auto report = shared_.diagnostics.Report(Code::kF0418, span).Arg(view_.name);
    report.Note("its rows replace each other by (" + Names(flow, need) + ")");
    report.Help("`key (" + Names(flow, need) + ")`, or group by other columns");
  }

  const ViewInfo& view_;
  const ast::ViewDecl& decl_;
  FlowContext& shared_;
  StageContext context_;
  std::unique_ptr<plan::ViewNode> node_;
  bool complete_ = true;
};

}  // namespace

void CompileView(const ViewInfo& view, bool default_errors, FlowContext& shared) {
  ViewCompiler(view, default_errors, shared).Run();
}

}  // namespace weir::semantic
