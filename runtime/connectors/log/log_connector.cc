#include "runtime/connectors/log/log_connector.h"

#include "runtime/base/clock.h"

namespace weir {
namespace {

std::vector<OptionSpec> SourceOptions() {
  return {
      {.name = "dir",
       .doc = "Folder of the log.",
       .default_value = Value::String("data/log"),
       .example = "\"data/log\""},
      {.name = "topic",
       .doc = "Topic; the declared name without it.",
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
       .doc = "Segments older than this are deleted.",
       .min = kMicrosPerSecond,
       .example = "7d"},
      {.name = "lanes",
       .type = OptionType::kInteger,
       .doc = "Independent sequences of delivery; rows of a key keep their order.",
       .default_value = Value::Int64(1),
       .min = 1,
       .max = 256,
       .example = "4"},
  };
}

}  // namespace

ConnectorSpec LogConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "log";
  spec.doc =
      "Partitioned, append-only topics on the disk of this machine: takes the place of Kafka "
      "where no broker is wanted, with the same partitioner.";
  spec.source.emplace();
  spec.source->options = SourceOptions();
  spec.table.emplace();
  spec.table->options = TableOptions();
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kWithKey;
  spec.examples = {
      "from log(dir: \"data/log\", topic: \"user_events\")",
      "to log(topic: \"alerts\", partitions: 4)",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "embedded log.";
  return spec;
}

}  // namespace weir
