#include <algorithm>

#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {

/// `top 10 by views per window_start`: final rows of windows only, so that a result never changes.
void CompileTop(const ast::TopStage& stage, StageContext& context, StreamFlow& flow) {
  if (context.RefuseUpserts(flow)) return;
  context.RefuseWithoutWatermark(flow, stage.keyword, "top");
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::TopNode>();
  node->count = context.Integer(*stage.count, "top").value_or(1);
  node->by = BindKeys(stage.by, scope, context, false).exprs;
  if (stage.per) node->per = BindKeys(*stage.per, scope, context, false).exprs;
  const std::optional<int> window = flow.schema->IndexOf("window_start");
  const bool per_window =
      window && std::any_of(node->per.begin(), node->per.end(), [&](const plan::ExprPtr& expr) {
        return expr->kind == plan::ExprKind::kColumn && expr->index == *window;
      });
  if (!per_window) {
    auto report = context.Report(Code::kF0401, stage.keyword)
                      .Note("`top` without a window would have to keep all rows for ever");
    report.Help(window ? "`top … by … per window_start`: the best of each window"
                       : "count in windows first: `aggregate … over tumbling 5m emit on close`, "
                         "then `top … per window_start`");
  }
  context.Add(std::move(node), flow, flow.schema, flow.mode);
}

}  // namespace weir::semantic
