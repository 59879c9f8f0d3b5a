#pragma once

#include <memory>
#include <string>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/file/output_claim.h"
#include "runtime/connectors/file/part_lease.h"

namespace weir {

/// What both kinds of file sink need of a request; copies, since the request does not live on.
struct FileSinkSettings {
  std::string path;  ///< folder of parts, or the single file
  std::string format;
  std::string compression;
  std::string incarnation;
  bool resumable = true;
  ConnectorOptions format_options;
  SchemaPtr schema;
  std::vector<int> key;
  bool upsert = false;
  int64_t batch_rows = 0, batch_bytes = 0;
  Micros batch_time = 0;
  const Clock* clock = nullptr;

  static Result<FileSinkSettings> From(const SinkRequest& request);
};

/// A folder of `part-<incarnation>-<lane>-<unit>.jsonl`: each unit is written as a hidden `.tmp`
/// file and renamed when it is delivered, so that a reader only ever sees whole units.
class PartFileSink final : public SinkConnector {
 public:
  explicit PartFileSink(FileSinkSettings settings) : settings_(std::move(settings)) {}

  Status Open() override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;

 private:
  FileSinkSettings settings_;
  OutputClaim claim_;
  PartLease lease_;
};

/// Makes `folder` and checks that files can be made in it.
Status PrepareFolder(const std::string& folder);

}  // namespace weir
