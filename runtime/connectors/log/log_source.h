#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/log/log_partition_reader.h"

namespace weir {

/// All partitions of one or several topics. Without `end` it follows what is written, also by other
/// processes.
class LogSource final : public SourceConnector {
 public:
  explicit LogSource(const SourceRequest& request);

  Status Open() override;
  size_t num_partitions() const override { return plans_.size(); }
  std::string partition_name(size_t partition) const override;
  Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) override;

 private:
  std::string name_;
  ConnectorOptions options_;
  std::vector<LogReadPlan> plans_;
};

/// One plan per partition of `topic`, by the options `dir`, `start` and `end`.
Result<std::vector<LogReadPlan>> PlanTopic(const ConnectorOptions& options,
                                           const std::string& topic);

}  // namespace weir
