#include <memory>

#include "compiler/plan/sink_node.h"
#include "compiler/semantic/sink_compiler.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {
namespace {

/// `into file(…)`: a sink of its own, called `stream/into`.
void CompileAnonymous(const ast::IntoStage& stage, StageContext& context, const StreamFlow& flow) {
  FlowContext& shared = context.shared();
  SinkParts parts;
  parts.name = shared.names.Claim(context.owner(), stage, /*stateful=*/false);
  parts.span = stage.span;
  parts.connector =
      context.catalog().ResolveConnector(*stage.connector, ConnectorRole::kSink, parts.name);
  parts.pii = stage.pii ? &*stage.pii : nullptr;
  shared.anonymous_sinks.emplace(parts.name, stage.span);
  std::vector<SinkInput> inputs;
  inputs.push_back({flow, stage.keyword, context.owner(), stage.after ? &*stage.after : nullptr});
  StageContext sink_context(shared, parts.name, parts.name, /*default_errors=*/true);
  sink_context.place = stage.span;
  CompileSink(parts, std::move(inputs), sink_context);
}

}  // namespace

void CompileInto(const ast::IntoStage& stage, StageContext& context, StreamFlow& flow) {
  if (!context.is_last) {
    context.Report(Code::kF0156, stage.keyword)
        .Arg("into")
        .Note("`into` ends a pipeline")
        .Help("name the stream (`stream x = from …`) and read it twice");
  }
  if (stage.connector) {
    CompileAnonymous(stage, context, flow);
    return;
  }
  for (const ast::Name& target : stage.targets) {
    if (!context.routes().RequireTarget(target)) continue;
    context.routes().AddFeed(target.text,
                             {flow, target.span, stage.after ? &*stage.after : nullptr});
  }
}

}  // namespace weir::semantic
