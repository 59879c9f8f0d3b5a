#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "tests/simulation/input.h"

namespace weir::simulation {

/// What a life sees of a source.
struct SourceView {
  const SourceInput* input = nullptr;
  size_t partitions = 1;  ///< those that are there already
  bool ends = true;       ///< else it waits for more behind its last record
  /// Where each partition begins to be read; those that had ended are not read at all.
  std::vector<uint64_t>* begins = nullptr;
};

/// A replayable log of records that arrive in time; positions are indices.
class SimulatedSource final : public SourceConnector {
 public:
  explicit SimulatedSource(const SourceView& view) : view_(view) {}
  Status Open() override { return Status::Ok(); }
  size_t num_partitions() const override { return view_.partitions; }
  std::string partition_name(size_t partition) const override { return std::to_string(partition); }
  Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) override;

 private:
  const SourceView view_;
};

}  // namespace weir::simulation
