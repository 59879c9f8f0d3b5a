#pragma once

#include <memory>
#include <string>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/generator/record_sequence.h"

namespace weir {

/// The users of a model as a table; the same users that its events have for the same seed.
class GeneratorTable final : public TableConnector {
 public:
  explicit GeneratorTable(const TableRequest& request);

  Status Open() override;
  std::string format() const override { return "json"; }
  Result<bool> Read(RecordChunk& chunk) override;
  Status Rewind() override;

 private:
  ConnectorOptions options_;
  SchemaPtr schema_;
  SequenceSettings settings_;
  uint64_t rows_ = 0;
  std::unique_ptr<RecordSequence> sequence_;
};

}  // namespace weir
