#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/generator/record_sequence.h"

namespace weir {

/// When records happen and whether the source waits for that.
struct GeneratorPace {
  Micros start = 0;              ///< time of the first record
  int64_t rate = 1000;           ///< records per second over all partitions
  std::optional<int64_t> count;  ///< records over all partitions; then the source ends
  /// Records of the future are held back until the clock is there; without it (bounded runs) they
  /// come as fast as they are read.
  bool wait_for_clock = true;
};

/// Options of a generator as settings of its records; shared by the source and the table.
Result<SequenceSettings> GeneratorSettings(const ConnectorOptions& options, SchemaPtr schema);

/// Made-up records: a history up to now at full speed, then live; or a fixed number.
class GeneratorSource final : public SourceConnector {
 public:
  explicit GeneratorSource(const SourceRequest& request);

  Status Open() override;
  size_t num_partitions() const override { return partitions_; }
  std::string partition_name(size_t partition) const override { return std::to_string(partition); }
  Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) override;

 private:
  ConnectorOptions options_;
  SchemaPtr schema_;
  const Clock* clock_;
  size_t partitions_;
  SequenceSettings settings_;
  GeneratorPace pace_;
};

}  // namespace weir
