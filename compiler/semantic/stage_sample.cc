#include <algorithm>
#include <set>

#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

/// Rows with one key of the source are in order; spread by other columns they no longer are.
void WarnOtherKey(const ast::RekeyStage& stage, const BoundKeys& keys, StageContext& context,
                  const StreamFlow& flow) {
  if (!keys.ok || flow.source_key.empty()) return;
  const std::set<std::string> source(flow.source_key.begin(), flow.source_key.end());
  std::set<std::string> mine;
  for (const plan::ExprPtr& key : keys.exprs) {
    mine.insert(key->kind == plan::ExprKind::kColumn ? key->name : "");
  }
  if (std::includes(source.begin(), source.end(), mine.begin(), mine.end())) return;
  std::string text;
  for (const std::string& name : flow.source_key) text += (text.empty() ? "" : ", ") + name;
  context.Report(Code::kW0402, stage.by.span)
      .Arg(flow.keyed_source)
      .Label(flow.source_key_span, "the records are keyed here")
      .Note("rows of one source key are spread over workers and lose their order")
      .Help("stages with keys of their own need no `rekey`; `rekey by " + text + "` keeps order");
}

}  // namespace

void CompileSample(const ast::SampleStage& stage, StageContext& context, StreamFlow& flow) {
  auto node = std::make_unique<plan::SampleNode>();
  std::optional<double> share = context.Number(*stage.fraction, "sample");
  if (share && (*share <= 0 || *share > 1)) {
    context.Report(Code::kF0302, stage.fraction->span)
        .Message("a sample is a share above 0 and at most 1")
        .Help("`sample 0.01` keeps one row in a hundred");
  }
  node->share = share.value_or(1.0);
  context.Add(std::move(node), flow, flow.schema, flow.mode);
  flow.sampled = stage.keyword;
  flow.sampled_word = "sample";
}

void CompileLimit(const ast::LimitStage& stage, StageContext& context, StreamFlow& flow) {
  if (context.RefuseUpserts(flow)) return;
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::LimitNode>();
  std::optional<int64_t> count = context.Integer(*stage.count, "limit");
  if (count && *count <= 0) {
    context.Report(Code::kF0302, stage.count->span)
        .Message("a limit is at least 1")
        .Help("`limit 1000` lets the first thousand rows pass");
  }
  node->count = count.value_or(1);
  if (stage.per) node->per = BindKeys(*stage.per, scope, context, false).exprs;
  context.Add(std::move(node), flow, flow.schema, flow.mode);
  flow.sampled = stage.keyword;
  flow.sampled_word = "limit";
}

void CompileRekey(const ast::RekeyStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::RekeyNode>();
  BoundKeys keys = BindKeys(stage.by, scope, context, false);
  WarnOtherKey(stage, keys, context, flow);
  node->keys = std::move(keys.exprs);
  context.Add(std::move(node), flow, flow.schema, flow.mode);
}

}  // namespace weir::semantic
