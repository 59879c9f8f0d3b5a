#include "tests/simulation/life_connectors.h"

#include "compiler/plan/logical_plan.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"
#include "runtime/exec/job_options.h"
#include "tests/simulation/recording_sink.h"

namespace weir::simulation {

LifeConnectors::LifeConnectors(const ConnectorRegistry& registry,
                               std::map<std::string, SourceView> sources, std::string owner,
                               RemoteTarget* target, Trail* trail, BrokenRule broken)
    : declared_(MakeDeclaredConnectors(registry)),
      sources_(std::move(sources)),
      owner_(std::move(owner)),
      target_(target),
      trail_(trail),
      broken_(broken) {}

Result<std::unique_ptr<SourceConnector>> LifeConnectors::MakeSource(const plan::SourceNode& node,
                                                                    const JobOptions&) {
  return std::unique_ptr<SourceConnector>(new SimulatedSource(sources_.at(node.source)));
}

Result<std::unique_ptr<TableConnector>> LifeConnectors::MakeTable(const plan::TableSpec& table,
                                                                  const JobOptions& options) {
  return declared_->MakeTable(table, options);
}

Result<std::unique_ptr<SinkConnector>> LifeConnectors::MakeSink(const plan::LogicalPlan& plan,
                                                                const plan::SinkNode& node,
                                                                const JobOptions& options) {
  if (node.connector.connector == "discard") return declared_->MakeSink(plan, node, options);
  std::unique_ptr<SinkConnector> sink;
  if (node.connector.connector == "kafka") {
    SinkRequest request;
    request.pipeline = plan.settings.name;
    request.name = node.sink;
    request.schema = node.row;
    request.incarnation = options.incarnation;
    request.outbox = options.outbox;
    request.num_writers = options.workers;
    request.clock = options.clock;
    sink = std::make_unique<RemoteSink>(request, owner_, target_, &lanes_, broken_);
  } else {
    WEIR_ASSIGN(sink, declared_->MakeSink(plan, node, options));
  }
  return std::unique_ptr<SinkConnector>(new RecordingSink(std::move(sink), node.sink, trail_));
}

Result<std::unique_ptr<SinkConnector>> LifeConnectors::MakeView(const plan::LogicalPlan& plan,
                                                                const plan::ViewNode& node,
                                                                const JobOptions& options) {
  return declared_->MakeView(plan, node, options);
}

}  // namespace weir::simulation
