#pragma once

#include <memory>
#include <string>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/file/output_claim.h"
#include "runtime/connectors/file/part_lease.h"
#include "runtime/connectors/file/part_mark.h"
#include "runtime/connectors/file/part_units.h"

namespace weir {

/// What both kinds of file sink need of a request; copies, since the request does not live on.
struct FileSinkSettings {
  std::string pipeline, sink;
  std::string path;  ///< folder of parts, or the single file
  std::string format;
  std::string compression;
  std::string incarnation;
  bool resumable = true;
  bool accept_loss = false;  ///< of parts that are listed and gone
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
/// file and renamed once the commit that holds it is durable, so that a reader sees each row once,
/// whenever the process dies (guarantees.md rules 4 and 15).
class PartFileSink final : public SinkConnector {
 public:
  explicit PartFileSink(FileSinkSettings settings);

  Status Open() override;
  bool KeepsMark() const override { return true; }
  Result<std::optional<SinkMark>> ReadMark() override;
  Result<std::string> Prepare(uint64_t epoch) override;
  void NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) override;
  Status Committed(uint64_t epoch) override;
  bool HasDelivered(uint64_t epoch) const override { return !units_.HasFrozen(epoch); }
  Status DeliverOpen() override;
  Status Restore(uint64_t epoch, std::string_view state) override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  /// False while the disk is full.
  bool HasRoom() const override { return !units_.full(); }
  Status Close() override;

 private:
  Status Mark(uint64_t epoch, bool delivered);

  FileSinkSettings settings_;
  OutputClaim claim_;
  PartLease lease_;
  PartUnits units_;
  PartMark mark_;
  std::shared_ptr<const std::string> positions_;  ///< at barrier positions_epoch_
  uint64_t positions_epoch_ = 0;
};

/// Makes `folder` and checks that files can be made in it.
Status PrepareFolder(const std::string& folder);

}  // namespace weir
