#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/log/log_partition_reader.h"

namespace weir {

/// The latest record of each key of a topic; a tombstone takes its key away. Records without a key
/// all count.
class LogTable final : public TableConnector {
 public:
  explicit LogTable(const TableRequest& request)
      : name_(request.name), options_(*request.options) {}

  Status Open() override;
  std::string format() const override { return "json"; }
  Result<bool> Read(RecordChunk& chunk) override;
  Status Rewind() override;

 private:
  struct Row {
    std::string_view record;
    int64_t offset = 0;
    std::shared_ptr<const void> owner;
  };
  /// Reads a partition to its present end; keys never are in two.
  Status ReadPartition(const LogReadPlan& plan);

  std::string name_;
  ConnectorOptions options_;
  std::string topic_;
  std::vector<LogReadPlan> plans_;
  size_t next_ = 0;
  std::vector<Row> rows_;
};

}  // namespace weir
