#include "runtime/connectors/kafka/kafka_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/topic_places.h"

namespace weir {
namespace {

std::vector<OptionSpec> SourceOptions() {
  return {
      {.name = "brokers",
       .doc = "Bootstrap servers, host:port separated by commas.",
       .default_value = Value::String("localhost:9092"),
       .example = "\"kafka-0:9092,kafka-1:9092\""},
      {.name = "topic",
       .doc = "Topic, or several separated by commas.",
       .required = true,
       .example = "\"user_events\""},
      {.name = "group",
       .doc = "Consumer group under which lag is published; positions are kept by the engine.",
       .example = "\"speed-layer\""},
      {.name = "start",
       .doc = "Where to begin without a saved position: earliest, latest or an RFC 3339 timestamp.",
       .default_value = Value::String("latest"),
       .example = "\"earliest\""},
      {.name = "end",
       .type = OptionType::kEnum,
       .doc = "Stop at what was the end when the run began; without it the source has no end.",
       .choices = {"latest"},
       .example = "\"latest\""},
      {.name = "fetch_min_bytes",
       .type = OptionType::kSize,
       .doc = "The broker waits for this much before it answers.",
       .default_value = Value::Int64(1),
       .min = 1,
       .example = "1MiB"},
      {.name = "fetch_max_wait",
       .type = OptionType::kDuration,
       .doc = "… but not longer than this.",
       .default_value = Value::Duration(kMicrosPerSecond / 2),
       .min = 0,
       .example = "500ms"},
      {.name = "max_poll_records",
       .type = OptionType::kInteger,
       .doc = "Most records that one poll hands on.",
       .default_value = Value::Int64(10000),
       .min = 1,
       .example = "1000"},
      {.name = "drift",
       .type = OptionType::kDuration,
       .doc = "A partition further ahead in event time than this of the slowest one is paused.",
       .default_value = Value::Duration(5 * 60 * kMicrosPerSecond),
       .min = kMicrosPerSecond,
       .example = "5m"},
      {.name = "security",
       .type = OptionType::kEnum,
       .doc = "Protocol of connections.",
       .default_value = Value::String("plaintext"),
       .choices = {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"},
       .example = "\"sasl_ssl\""},
      {.name = "sasl_mechanism",
       .type = OptionType::kEnum,
       .doc = "How to log in under sasl.",
       .choices = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"},
       .example = "\"SCRAM-SHA-512\""},
      {.name = "user", .doc = "User name under sasl.", .example = "\"weir\""},
      {.name = "password",
       .doc = "Password under sasl.",
       .secret = true,
       .example = "$kafka_password"},
      {.name = "ca",
       .doc = "File with the certificates to trust.",
       .example = "\"/etc/weir/ca.pem\""},
  };
}

std::vector<OptionSpec> TableOptions() {
  return {
      {.name = "brokers",
       .doc = "Bootstrap servers, host:port separated by commas.",
       .default_value = Value::String("localhost:9092"),
       .example = "\"kafka-0:9092,kafka-1:9092\""},
      {.name = "topic",
       .doc = "Compacted topic: a key is a row, a null value deletes it.",
       .required = true,
       .example = "\"fx_rates\""},
      {.name = "security",
       .type = OptionType::kEnum,
       .doc = "Protocol of connections.",
       .default_value = Value::String("plaintext"),
       .choices = {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"},
       .example = "\"sasl_ssl\""},
      {.name = "sasl_mechanism",
       .type = OptionType::kEnum,
       .doc = "How to log in under sasl.",
       .choices = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"},
       .example = "\"SCRAM-SHA-512\""},
      {.name = "user", .doc = "User name under sasl.", .example = "\"weir\""},
      {.name = "password",
       .doc = "Password under sasl.",
       .secret = true,
       .example = "$kafka_password"},
      {.name = "ca",
       .doc = "File with the certificates to trust.",
       .example = "\"/etc/weir/ca.pem\""},
  };
}

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "brokers",
       .doc = "Bootstrap servers, host:port separated by commas.",
       .default_value = Value::String("localhost:9092"),
       .example = "\"kafka-0:9092,kafka-1:9092\""},
      {.name = "topic", .doc = "Topic to write.", .required = true, .example = "\"alerts\""},
      {.name = "key",
       .doc = "Columns of the record key, separated by commas; the same as a key clause.",
       .example = "\"card\""},
      {.name = "compression",
       .type = OptionType::kEnum,
       .doc = "Codec of produced batches.",
       .default_value = Value::String("lz4"),
       .choices = {"none", "gzip", "snappy", "lz4", "zstd"},
       .example = "\"zstd\""},
      {.name = "linger",
       .type = OptionType::kDuration,
       .doc = "How long a batch waits for more rows.",
       .default_value = Value::Duration(5000),
       .min = 0,
       .example = "5ms"},
      {.name = "lanes",
       .type = OptionType::kInteger,
       .doc = "Independent sequences of delivery; rows of a key keep their order.",
       .default_value = Value::Int64(1),
       .min = 1,
       .max = 256,
       .example = "4"},
      {.name = "security",
       .type = OptionType::kEnum,
       .doc = "Protocol of connections.",
       .default_value = Value::String("plaintext"),
       .choices = {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"},
       .example = "\"sasl_ssl\""},
      {.name = "sasl_mechanism",
       .type = OptionType::kEnum,
       .doc = "How to log in under sasl.",
       .choices = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"},
       .example = "\"SCRAM-SHA-512\""},
      {.name = "user", .doc = "User name under sasl.", .example = "\"weir\""},
      {.name = "password",
       .doc = "Password under sasl.",
       .secret = true,
       .example = "$kafka_password"},
      {.name = "ca",
       .doc = "File with the certificates to trust.",
       .example = "\"/etc/weir/ca.pem\""},
  };
}

}  // namespace

ConnectorSpec KafkaConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "kafka";
  spec.doc =
      "Topics of Apache Kafka. A source reads all partitions of its topics by position, "
      "without a consumer group's rebalancing; a sink writes transactions that also hold its "
      "progress.";
  spec.source.emplace();
  spec.source->options = SourceOptions();
  spec.table.emplace();
  spec.table->options = TableOptions();
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kWithKey;
  spec.examples = {
      "from kafka(brokers: \"localhost:9092\", topic: \"user_events\", start: \"earliest\")",
      "to kafka(brokers: $brokers, topic: \"alerts\")",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "Kafka connector.";
  SetTopicPlaces(spec);
  return spec;
}

}  // namespace weir
