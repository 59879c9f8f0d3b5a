#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "runtime/exec/job_connectors.h"

namespace weir {

/// Ends of a job that a test holds in its hands: sources read records that the test appends, tables
/// read records that it sets, sinks take everything. Outlives the jobs that use it; one thread.
class MemoryConnectors final : public JobConnectors {
 public:
  /// Records of one source or table, in order; positions are indices.
  struct Records {
    std::deque<std::string> lines;
    bool ended = false;
  };

  explicit MemoryConnectors(size_t partitions = 1) : partitions_(partitions) {}

  /// Appends a record; to the partition that has the fewest, so that tests with several partitions
  /// give each its share.
  void Give(const std::string& source, std::string record);
  void GiveTable(const std::string& table, std::string record);
  /// No source will have more.
  void End();

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

 private:
  std::deque<Records>& Source(const std::string& name);

  const size_t partitions_;
  bool ended_ = false;
  std::map<std::string, std::deque<Records>> sources_;
  std::map<std::string, Records> tables_;
};

}  // namespace weir
