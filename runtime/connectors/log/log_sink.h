#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/log/log_topic.h"
#include "runtime/connectors/log/log_units.h"

namespace weir {

/// What a log sink needs of a request; copies, since the request does not live on.
struct LogSinkSettings {
  LogTopicSettings topic;
  std::string format;
  ConnectorOptions format_options;
  SchemaPtr schema;
  std::vector<int> key;
  bool upsert = false;
  bool keep_headers = false;
  int64_t batch_rows = 0, batch_bytes = 0;
  Micros batch_time = 0;
  std::string owner;        ///< pipeline/sink/
  std::string incarnation;  ///< lanes are named owner, incarnation/, worker
  bool resumable = true;
  bool accept_loss = false;  ///< of units that are listed and gone
  const Clock* clock = nullptr;

  static Result<LogSinkSettings> From(const SinkRequest& request);
};

/// Rows as records of a topic: each writer appends batches to segments of its own; what a barrier
/// froze is in the journal as prepared before the checkpoint is committed, as committed after it.
/// Each checkpoint makes a unit of each writer that has rows.
class LogSink final : public SinkConnector {
 public:
  explicit LogSink(LogSinkSettings settings) : settings_(std::move(settings)) {}

  Status Open() override;
  bool KeepsMark() const override { return true; }
  Result<std::optional<SinkMark>> ReadMark() override;
  Result<std::string> Prepare(uint64_t epoch) override { return units_->Prepare(epoch); }
  void NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) override {
    units_->NotePositions(epoch, std::move(positions));
  }
  Status Committed(uint64_t epoch) override { return units_->Deliver(epoch); }
  Status Restore(uint64_t epoch, std::string_view state) override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override { return !units_->full(); }
  Status Close() override;

 private:
  LogSinkSettings settings_;
  std::shared_ptr<LogTopic> topic_;
  std::unique_ptr<LogUnits> units_;
};

}  // namespace weir
