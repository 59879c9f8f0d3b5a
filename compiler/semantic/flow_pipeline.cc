#include "compiler/semantic/flow_pipeline.h"

#include "compiler/semantic/sink_settings.h"
#include "compiler/semantic/stage_union.h"

namespace weir::semantic {
namespace {

/// Stages after which no row is left to go anywhere.
bool EndsRows(const ast::Pipeline& pipeline) {
  if (pipeline.stages.empty()) return false;
  const ast::StageKind last = pipeline.stages.back()->kind;
  return last == ast::StageKind::kInto || last == ast::StageKind::kRoute ||
         last == ast::StageKind::kError || last == ast::StageKind::kProcess;
}

}  // namespace

StreamFlow CompileFrom(const ast::Pipeline& pipeline, StageContext& context) {
  FlowContext& shared = context.shared();
  std::vector<UnionInput> inputs;
  for (const ast::Name& name : pipeline.inputs) {
    FlowName found = shared.catalog.RequireFlow(
        name, {FlowKind::kSource, FlowKind::kStream, FlowKind::kView}, "source or stream");
    auto known = shared.streams.find(name.text);
    if (found.kind == FlowKind::kNone || known == shared.streams.end()) return BrokenFlow();
    if (known->second.broken) return BrokenFlow(known->second.schema);
    inputs.push_back({known->second, name.span, name.text});
  }
  if (inputs.empty()) return BrokenFlow();
  if (inputs.size() == 1) return inputs.front().flow;
  SchemaPtr schema = CommonSchema(inputs, context.owner(), context);
  if (schema == nullptr) return BrokenFlow();
  for (UnionInput& input : inputs) ProjectTo(schema, context, input.flow, "input");
  const std::string name = shared.names.ClaimPlain(context.owner() + "/from", pipeline.span);
  return MakeUnion(std::move(inputs), schema, name, /*junction=*/false, pipeline.span, context);
}

void CompileStreamBody(const StreamInfo& stream, bool default_errors, FlowContext& shared) {
  const ast::Pipeline& body = *stream.decl->body;
  StageContext context(shared, stream.name, stream.name, default_errors);
  context.place = stream.decl->name.span;
  context.declared_schema = stream.schema;
  StreamFlow flow = CompileFrom(body, context);
  CompileStages(body.stages, context, flow);
  context.stage = nullptr;
  if (stream.typed && !flow.broken) {
    if (stream.schema == nullptr) {
      flow.broken = true;
    } else if (CheckFits(*stream.schema->schema, flow, stream.decl->name.span, stream.name,
                         context)) {
      ProjectTo(WithTagsOf(*stream.schema->schema, *flow.schema), context, flow, "type");
    } else {
      flow = BrokenFlow(stream.schema->schema);
    }
  }
  shared.streams[stream.name] = std::move(flow);
}

void CompileAnonymousFlow(const ast::FlowDecl& decl, bool default_errors, FlowContext& shared) {
  const ast::Pipeline& pipeline = decl.pipeline;
  if (pipeline.inputs.empty()) return;
  const std::string owner = pipeline.inputs.front().text;
  StageContext context(shared, owner, owner, default_errors);
  context.place = pipeline.span;
  StreamFlow flow = CompileFrom(pipeline, context);
  CompileStages(pipeline.stages, context, flow);
  if (flow.broken || EndsRows(pipeline)) return;
  shared.diagnostics.Report(Code::kF0151, pipeline.inputs.front().span)
      .Message("the rows of this pipeline go nowhere")
      .Help("end it with `|> into sink`, or give it a name: `stream x = from …`");
}

}  // namespace weir::semantic
