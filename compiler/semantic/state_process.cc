#include "compiler/semantic/stage_window.h"
#include "compiler/semantic/state_program.h"

namespace weir::semantic {
namespace {

void ReportNoRows(const ast::ProcessStage& stage, StageContext& context) {
  context.Report(Code::kF0156, stage.keyword)
      .Message("this `process` never writes a row")
      .Help("write rows with `emit { … }` in a block, or give it an `output { … }`");
}

}  // namespace

void CompileProcess(const ast::ProcessStage& stage, StageContext& context, StreamFlow& flow) {
  if (context.RefuseUpserts(flow)) {
    flow.broken = true;
    return;
  }
  // Keys leave `ttl` behind their last row, in event time.
  const bool has_timers = !stage.parts.on_timer.empty();
  context.RefuseWithoutWatermark(flow, stage.keyword, has_timers ? "timer" : "key of a process");
  const StreamFlow input = flow;
  StateCompiler state(context, input, /*is_session=*/false);
  if (context.is_last && context.declared_schema != nullptr && !stage.parts.output) {
    state.set_emit_schema(context.declared_schema->schema);
  }
  state.BindKeys(stage.by);
  state.BindState(stage.parts.state);
  state.BindBlocks(stage.parts);
  auto node = std::make_unique<plan::ProcessNode>();
  node->ttl = context.Duration(*stage.ttl, "ttl").value_or(0);
  StateCompiler::Output output;
  if (stage.parts.output) {
    output = state.BindOutput(*stage.parts.output);
    if (state.emits()) {
      context.Report(Code::kF0158, stage.parts.output->span)
          .Message("this `process` has `emit` and `output`, and both write its rows")
          .Help("send the emitted rows elsewhere: `emit { … } -> stream`");
    }
    node->emit = ReadEmit(stage.parts.emit, EmitPlace::kProcess, context);
  } else {
    output.schema = state.emit_schema();
    if (output.schema == nullptr || !state.emits()) {
      if (state.emit_routes().empty()) ReportNoRows(stage, context);
      if (output.schema == nullptr) output.schema = Schema::Make({});
    }
  }
  if (stage.parts.late) {
    context.Report(Code::kF0158, stage.parts.late->span)
        .Message("nothing is late for `process`: it takes every row")
        .Help("leave the clause out; compare with `watermark` windows use `aggregate`");
  }
  node->program = state.Take();
  const std::vector<StateCompiler::EmitRoute> routes = state.emit_routes();
  for (const auto& route : routes) node->route_schemas.push_back(route.schema);
  const ast::ErrorClause* on_error = stage.parts.on_error ? &*stage.parts.on_error : nullptr;
  auto& added = context.Add(std::move(node), flow, output.schema, std::move(output.mode), on_error);
  BindFailedResults(context, added, added.program, added.result_error, flow, on_error);
  for (size_t i = 0; i < routes.size(); ++i) {
    if (!context.routes().RequireTarget(routes[i].route->target)) continue;
    StreamFlow rows = input;
    rows.ref = {added.id, static_cast<int>(i) + 1};
    rows.schema = routes[i].schema;
    rows.mode = {};
    context.routes().AddFeed(routes[i].route->target.text, {rows, routes[i].route->span, nullptr});
  }
}

}  // namespace weir::semantic
