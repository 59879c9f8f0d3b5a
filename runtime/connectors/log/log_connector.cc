#include "runtime/connectors/log/log_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/topic_places.h"
#include "runtime/connectors/log/log_sink.h"
#include "runtime/connectors/log/log_source.h"
#include "runtime/connectors/log/log_table.h"

namespace weir {
namespace {

std::vector<OptionSpec> SourceOptions() {
  return {
      {.name = "dir",
       .doc = "Folder of the log.",
       .default_value = Value::String("data/log"),
       .example = "\"data/log\""},
      {.name = "topic",
       .doc = "Topics, separated by commas; the declared name without it.",
       .example = "\"user_events\""},
      {.name = "start",
       .doc = "Where to begin without a saved position: earliest, latest or an RFC 3339 timestamp.",
       .default_value = Value::String("earliest"),
       .example = "\"earliest\""},
      {.name = "end",
       .type = OptionType::kEnum,
       .doc = "Stop at what was the end when the run began; without it the source has no end.",
       .choices = {"latest"},
       .example = "\"latest\""},
      {.name = "drift",
       .type = OptionType::kDuration,
       .doc = "A partition further ahead in event time than this of the slowest one is paused.",
       .default_value = Value::Duration(5 * 60 * kMicrosPerSecond),
       .min = kMicrosPerSecond,
       .example = "5m"},
  };
}

std::vector<OptionSpec> TableOptions() {
  return {
      {.name = "dir",
       .doc = "Folder of the log.",
       .default_value = Value::String("data/log"),
       .example = "\"data/log\""},
      {.name = "topic",
       .doc = "Topic whose latest row per key is the table.",
       .example = "\"fx_rates\""},
  };
}

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "dir",
       .doc = "Folder of the log.",
       .default_value = Value::String("data/log"),
       .example = "\"data/log\""},
      {.name = "topic", .doc = "Topic; the declared name without it.", .example = "\"alerts\""},
      {.name = "key",
       .doc = "Columns of the record key, separated by commas; the same as a key clause.",
       .example = "\"card\""},
      {.name = "partitions",
       .type = OptionType::kInteger,
       .doc = "Partitions of a topic that does not exist yet.",
       .default_value = Value::Int64(4),
       .min = 1,
       .max = 1024,
       .example = "8"},
      {.name = "retain",
       .type = OptionType::kDuration,
       .doc = "Records older than this are deleted, a segment at a time.",
       .min = kMicrosPerSecond,
       .example = "7d"},
      {.name = "retain_size",
       .type = OptionType::kSize,
       .doc = "The oldest records are deleted when the topic is larger than this, a segment at a "
              "time.",
       .min = 1 << 20,
       .example = "10GiB"},
      {.name = "segment_size",
       .type = OptionType::kSize,
       .doc = "A segment file that has reached this size is ended.",
       .default_value = Value::Int64(int64_t{128} << 20),
       .min = 1 << 16,
       .example = "64MiB"},
      {.name = "segment_time",
       .type = OptionType::kDuration,
       .doc = "A segment file whose first record is older than this is ended.",
       .default_value = Value::Duration(Micros{24} * 3600 * kMicrosPerSecond),
       .min = kMicrosPerSecond,
       .example = "1h"},
      {.name = "fsync",
       .type = OptionType::kEnum,
       .doc =
           "unit: what is delivered survives a crash of the machine; never: a crash of the process "
           "only, the rest is up to the operating system.",
       .default_value = Value::String("unit"),
       .choices = {"unit", "never"},
       .example = "\"never\""},
  };
}

}  // namespace

ConnectorSpec LogConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "log";
  spec.doc =
      "Partitioned, append-only topics on the disk of this machine: takes the place of Kafka "
      "where no broker is wanted, with the same partitioner. One process at a time writes a topic, "
      "any number read it while it grows. A deleted row of an upsert stream is a tombstone, a key "
      "without a value; a source takes tombstones for dead letters. A saved position that is no "
      "longer kept, or a topic that was made anew, is an error.";
  spec.source.emplace();
  spec.source->timed_records = true;
  spec.source->options = SourceOptions();
  spec.source->make = [](const SourceRequest& request) -> Result<std::unique_ptr<SourceConnector>> {
    return std::unique_ptr<SourceConnector>(new LogSource(request));
  };
  spec.table.emplace();
  spec.table->options = TableOptions();
  spec.table->make = [](const TableRequest& request) -> Result<std::unique_ptr<TableConnector>> {
    return std::unique_ptr<TableConnector>(new LogTable(request));
  };
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->make = [](const SinkRequest& request) -> Result<std::unique_ptr<SinkConnector>> {
    WEIR_ASSIGN(LogSinkSettings settings, LogSinkSettings::From(request));
    return std::unique_ptr<SinkConnector>(new LogSink(std::move(settings)));
  };
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kWithKey;
  spec.examples = {
      "from log(dir: \"data/log\", topic: \"user_events\")",
      "from log(topic: \"user_events\", start: \"2026-01-31T08:00:00Z\", end: \"latest\")",
      "to log(topic: \"alerts\", partitions: 4)",
      "to log(topic: \"clicks\", retain: 7d, retain_size: 10GiB)",
  };
  SetTopicPlaces(spec);
  return spec;
}

}  // namespace weir
