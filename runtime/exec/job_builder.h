#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/exec/job.h"
#include "runtime/operators/operator_factory.h"

namespace weir {

/// Makes a Job from a plan: connectors, then per worker all instances, then what joins them. Used
/// once.
class JobBuilder {
 public:
  JobBuilder(std::shared_ptr<const plan::PhysicalPlan> plan, JobOptions options);
  ~JobBuilder();
  Result<std::unique_ptr<Job>> Build();

 private:
  /// Inputs of the plan that read the same port through the same exchange share it.
  struct Exchange {
    const plan::PhysicalInput* input = nullptr;
    std::vector<std::pair<int, int>> readers;             ///< (node, input)
    std::vector<std::vector<ExchangeChannel*>> channels;  ///< by sender, receiver
    std::vector<ExchangeReceiver*> receivers;             ///< by worker
  };

  Status OpenConnectors();
  Status OpenSink(const plan::LogicalNode& node);
  void FindExchanges();
  void FindLevels();
  void MakeChannels();
  Status MakeWorker(uint32_t worker);
  Status MakeNode(uint32_t worker, const plan::PhysicalNode& node);
  Status MakeSource(uint32_t worker, const plan::PhysicalNode& node);
  Status Connect(uint32_t worker);
  Status ConnectExchange(uint32_t worker, Exchange& exchange);
  void ConnectTaps(uint32_t worker);
  void MakeEntries(uint32_t worker);
  std::vector<const SinkConnector*> SinksBehind(int source) const;
  Entry MakeEntry(uint32_t worker, const std::vector<int>& first_nodes) const;
  void MuteSinks();
  Status RestoreSinks();
  Status Restore();
  Status RestoreLedgers();
  bool Direct(const plan::PhysicalInput& input) const;
  OutputPort& PortOf(uint32_t worker, int node, int port) const;
  SinkConnector* FindSink(const std::string& key) const;
  OperatorContext ContextOf(uint32_t worker) const;
  StateReader ReaderOf(uint32_t worker, const plan::LogicalNode& node) const;

  std::unique_ptr<Job> job_;
  const plan::PhysicalPlan& plan_;
  const JobOptions& options_;
  OperatorResources resources_;
  std::map<std::string, std::shared_ptr<DriftGuard>> drift_guards_;  ///< by source
  std::vector<Exchange> exchanges_;
  std::vector<int> levels_;                        ///< by node
  std::vector<std::vector<OperatorTask*>> tasks_;  ///< by worker, node; null: a source
  std::vector<std::vector<SourceTask*>> sources_;  ///< by worker, node; null: a task
  std::vector<std::map<int, std::vector<ExchangeSender*>>> senders_;  ///< by worker, node
};

}  // namespace weir
