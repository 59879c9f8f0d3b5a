#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// Rows of an arm leave through its route; with no `else` the others pass on.
void CompileRoute(const ast::RouteStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::RouteNode>();
  std::vector<StreamFlow> inputs;
  const ast::RouteArm* otherwise = nullptr;
  Narrowing facts;
  for (const ast::RouteArm& arm : stage.arms) {
    if (arm.condition == nullptr) {
      otherwise = &arm;
      continue;
    }
    plan::ExprPtr condition = context.binder().BindBool(*arm.condition, scope, "when");
    inputs.push_back(flow);
    if (!IsError(condition)) {
      inputs.back().schema = NarrowSchema(flow.schema, NarrowedBy(*condition, true));
    }
    node->arms.push_back({std::move(condition), {}});
  }
  const StreamFlow input = flow;
  auto& added = context.Add(std::move(node), flow, flow.schema, flow.mode);
  size_t index = 0;
  for (const ast::RouteArm& arm : stage.arms) {
    if (arm.condition == nullptr) continue;
    context.BindRoute(arm.route, added, added.arms[index].route, RoutedRows::kRow, inputs[index],
                      "rows of this arm");
    ++index;
  }
  if (otherwise != nullptr) {
    context.BindRoute(otherwise->route, added, added.otherwise, RoutedRows::kRow, input,
                      "the other rows");
  }
  if (!context.is_last || otherwise != nullptr) {
    // With `else` nothing passes on: a stage after it would never see a row.
    if (otherwise != nullptr && !context.is_last) {
      context.Report(Code::kF0156, otherwise->span)
          .Arg("else")
          .Note("after `else` no row is left for the stages that follow")
          .Help("end the pipeline here and start another with `from` the stream of an arm");
    }
    return;
  }
  context.Report(Code::kF0151, stage.keyword)
      .Message("rows that no arm takes have nowhere to go")
      .Help("end with `else -> stream` or `else discard \"why\"`");
}

}  // namespace weir::semantic
