#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {

void CompileDedupe(const ast::DedupeStage& stage, StageContext& context, StreamFlow& flow) {
  if (context.RefuseUpserts(flow)) return;
  context.RefuseWithoutWatermark(flow, stage.keyword, "dedupe");
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::DedupeNode>();
  BoundKeys keys = BindKeys(stage.by, scope, context, /*need_names=*/false);
  node->keys = std::move(keys.exprs);
  node->within = context.Duration(*stage.within, "within").value_or(0);
  if (node->within <= 0 && keys.ok) {
    context.Report(Code::kF0302, stage.within->span)
        .Message("`within` must be longer than nothing")
        .Help("how long may the second sighting come after the first? `within 24h`");
  }
  if (node->within > 0 && node->within < flow.lag) {
    context.Report(Code::kW0401, stage.within->span)
        .Note("the source waits " + Value::Duration(flow.lag).ToString() +
              " for rows out of order, so two sightings on time may be that far apart")
        .Help("`within` that is at least the `lag` of the watermark");
  }
  const StreamFlow input = flow;
  auto& added = context.Add(std::move(node), flow, flow.schema, flow.mode);
  if (stage.route) {
    context.BindRoute(*stage.route, added, added.duplicate, RoutedRows::kRow, input, "duplicates");
  } else {
    added.duplicate.kind = plan::Route::Kind::kDiscard;
    added.duplicate.reason = "duplicate";
  }
  context.RequireErrorRoute(added, added.error, input, stage.keyword,
                            "a row older than the watermark by more than `within` can't be "
                            "deduplicated and takes the error route");
}

}  // namespace weir::semantic
