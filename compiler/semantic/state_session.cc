#include "compiler/semantic/stage_window.h"
#include "compiler/semantic/state_program.h"

namespace weir::semantic {

void CompileSession(const ast::SessionStage& stage, StageContext& context, StreamFlow& flow) {
  if (context.RefuseUpserts(flow)) {
    flow.broken = true;
    return;
  }
  context.RefuseWithoutWatermark(flow, stage.keyword, "session");
  const StreamFlow input = flow;
  StateCompiler state(context, input, /*is_session=*/true);
  state.BindKeys(stage.by);
  state.BindState(stage.parts.state);
  state.BindBlocks(stage.parts);
  auto node = std::make_unique<plan::SessionNode>();
  node->gap = context.Duration(*stage.gap, "gap").value_or(0);
  if (stage.max != nullptr) {
    node->max = context.Duration(*stage.max, "max");
  } else {
    context.Report(Code::kW0302, stage.keyword)
        .Help("say how long one may get: `session by … gap 30m max 24h`");
  }
  StateCompiler::Output output;
  if (stage.parts.output) {
    output = state.BindOutput(*stage.parts.output);
  } else {
    context.Report(Code::kF0156, stage.keyword)
        .Message("this session has no `output`")
        .Help("say what a row of it looks like: `output { user_id  start = session.start … }`");
    output.schema = Schema::Make({});
  }
  node->emit = ReadEmit(stage.parts.emit, EmitPlace::kSession, context);
  if (node->emit.only_on_close()) output.mode = {};
  node->program = state.Take();
  const ast::ErrorClause* on_error = stage.parts.on_error ? &*stage.parts.on_error : nullptr;
  auto& added = context.Add(std::move(node), flow, output.schema, std::move(output.mode), on_error);
  BindFailedResults(context, added, added.program, added.result_error, flow, on_error);
  if (stage.parts.late) {
    added.lateness = context.Duration(*stage.parts.late->after, "late after").value_or(0);
    NoteLateness(added.lateness, stage.parts.late->after->span, flow);
    context.BindRoute(stage.parts.late->route, added, added.late, RoutedRows::kRow, input,
                      "late events");
  } else {
    ReportLateMissing(context, stage.keyword, "the gap closes sessions");
  }
}

}  // namespace weir::semantic
