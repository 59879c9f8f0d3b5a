#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/log/log_topic.h"

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
  std::string lane;  ///< pipeline/sink/incarnation; the worker follows
  const Clock* clock = nullptr;

  static Result<LogSinkSettings> From(const SinkRequest& request);
};

/// Rows as records of a topic: each writer appends batches to segments of its own, a frozen unit is
/// in the journal as prepared, a delivered one as committed.
class LogSink final : public SinkConnector {
 public:
  explicit LogSink(LogSinkSettings settings) : settings_(std::move(settings)) {}

  Status Open() override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;

 private:
  LogSinkSettings settings_;
  std::shared_ptr<LogTopic> topic_;
};

}  // namespace weir
