#include "compiler/semantic/flow_compile.h"

#include "compiler/semantic/check_feedback.h"
#include "compiler/semantic/check_unevaluated.h"
#include "compiler/semantic/check_unused.h"
#include "compiler/semantic/flow_inputs.h"
#include "compiler/semantic/flow_pipeline.h"
#include "compiler/semantic/flow_settings.h"
#include "compiler/semantic/sink_compiler.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/test_compiler.h"

namespace weir::semantic {
namespace {

void CompileVertex(const Vertex& vertex, FlowContext& shared) {
  const Catalog& catalog = shared.catalog;
  if (vertex.in_cycle) {
    if (!vertex.name.empty()) shared.streams[vertex.name] = BrokenFlow();
    return;
  }
  switch (vertex.kind) {
    case VertexKind::kSource:
      return CompileSource(catalog.source_decls()[vertex.index], vertex.default_errors, shared);
    case VertexKind::kJunction: return CompileJunction(catalog.streams()[vertex.index], shared);
    case VertexKind::kStream:
      return CompileStreamBody(catalog.streams()[vertex.index], vertex.default_errors, shared);
    case VertexKind::kView:
      return CompileView(catalog.views()[vertex.index], vertex.default_errors, shared);
    case VertexKind::kPipeline:
      return CompileAnonymousFlow(*catalog.flows()[vertex.index], vertex.default_errors, shared);
    case VertexKind::kSink:
      return CompileDeclaredSink(catalog.sinks()[vertex.index], vertex.default_errors, shared);
  }
}

void CheckDefaultRoute(FlowContext& shared) {
  const ast::Route* route = shared.default_errors;
  if (route == nullptr) return;
  if (route->kind == ast::RouteKind::kStream) {
    shared.routes.RequireTarget(route->target);
  } else if (route->kind == ast::RouteKind::kDefault) {
    shared.diagnostics.Report(Code::kF0158, route->span)
        .Arg("default")
        .Arg("rows that fail")
        .Help("write `errors -> stream`, `errors discard \"reason\"` or `errors fail`");
  }
}

}  // namespace

Result<std::unique_ptr<CompiledPipeline>> Compile(const ast::File& file,
                                                  const SourceManager& sources,
                                                  const CompileOptions& options,
                                                  DiagnosticEngine& diagnostics) {
  auto compiled = std::make_unique<CompiledPipeline>();
  WEIR_ASSIGN(compiled->catalog, Catalog::Build(file, sources, options, diagnostics));
  const Catalog& catalog = *compiled->catalog;
  auto plan = std::make_unique<plan::LogicalPlan>();
  plan->settings = ReadSettings(catalog);
  FlowContext shared(catalog, *plan);
  CheckDefaultRoute(shared);
  for (const TableInfo& table : catalog.tables()) CompileTable(table, shared);
  for (size_t index : shared.graph.order()) {
    CompileVertex(shared.graph.vertices()[index], shared);
  }
  for (const auto& [name, flow] : shared.streams) {
    if (!flow.broken && flow.ref.node >= 0) plan->streams.emplace(name, flow.ref);
  }
  CheckUnused(shared);
  CheckFeedback(shared);
  CheckUnevaluated(shared);
  compiled->tests = CompileTests(shared);
  if (!diagnostics.HasErrors()) compiled->logical = std::move(plan);
  return compiled;
}

}  // namespace weir::semantic
