#pragma once

#include <map>
#include <memory>
#include <string>

#include "runtime/exec/job_connectors.h"
#include "tests/simulation/remote_sink.h"
#include "tests/simulation/simulated_source.h"

namespace weir::simulation {

/// The ends of a life's job: simulated sources, the engine's own file and log sinks, and remote
/// ones where the .flow says kafka. What sinks freeze and commit is noted in the trail.
class LifeConnectors final : public JobConnectors {
 public:
  LifeConnectors(const ConnectorRegistry& registry, std::map<std::string, SourceView> sources,
                 std::string owner, RemoteTarget* target, Trail* trail, BrokenRule broken);

  Result<std::unique_ptr<SourceConnector>> MakeSource(const plan::SourceNode& node,
                                                      const JobOptions& options) override;
  Result<std::unique_ptr<TableConnector>> MakeTable(const plan::TableSpec& table,
                                                    const JobOptions& options) override;
  Result<std::unique_ptr<SinkConnector>> MakeSink(const plan::LogicalPlan& plan,
                                                  const plan::SinkNode& node,
                                                  const JobOptions& options) override;
  Result<std::unique_ptr<SinkConnector>> MakeView(const plan::LogicalPlan& plan,
                                                  const plan::ViewNode& node,
                                                  const JobOptions& options) override;

  Lanes& lanes() { return lanes_; }

 private:
  const std::unique_ptr<JobConnectors> declared_;
  const std::map<std::string, SourceView> sources_;
  const std::string owner_;
  RemoteTarget* const target_;
  Trail* const trail_;
  const BrokenRule broken_;
  Lanes lanes_;
};

}  // namespace weir::simulation
