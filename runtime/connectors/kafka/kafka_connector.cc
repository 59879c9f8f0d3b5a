#include "runtime/connectors/kafka/kafka_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/sink_options.h"
#include "runtime/connector/topic_places.h"
#include "runtime/connectors/kafka/kafka_sink.h"
#include "runtime/connectors/kafka/kafka_source.h"
#include "runtime/connectors/kafka/transaction_sink.h"

namespace weir {
namespace {

/// How to reach the brokers: the same for every role.
std::vector<OptionSpec> ConnectionOptions() {
  return {
      {.name = "brokers",
       .doc = "Bootstrap servers, host:port separated by commas.",
       .default_value = Value::String("localhost:9092"),
       .example = "\"kafka-0:9092,kafka-1:9092\""},
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
      {.name = "client_certificate",
       .doc = "File with the certificate to show under ssl, where the brokers want one.",
       .example = "\"/etc/weir/weir.pem\""},
      {.name = "client_key", .doc = "File with its key.", .example = "\"/etc/weir/weir.key\""},
  };
}

std::vector<OptionSpec> WithConnection(std::vector<OptionSpec> options) {
  std::vector<OptionSpec> all = ConnectionOptions();
  // `brokers` first, then what the role is about, then security.
  all.insert(all.begin() + 1, options.begin(), options.end());
  return all;
}

std::vector<OptionSpec> SourceOptions() {
  return WithConnection({
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
  });
}

std::vector<OptionSpec> TableOptions() {
  return WithConnection({
      {.name = "topic",
       .doc = "Compacted topic: a key is a row, a null value deletes it.",
       .required = true,
       .example = "\"fx_rates\""},
  });
}

std::vector<OptionSpec> SinkOptions() {
  return WithConnection({
      {.name = "topic", .doc = "Topic to write.", .required = true, .example = "\"alerts\""},
      {.name = "partitions",
       .type = OptionType::kInteger,
       .doc = "Makes the topic with so many partitions when it is not there; without it, that is "
              "an error unless the brokers make topics themselves.",
       .min = 1,
       .max = 10000,
       .example = "4"},
      {.name = "key",
       .doc = "Columns of the record key, separated by commas; the same as a key clause. One "
              "column is "
              "its plain text, several are a JSON array.",
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
      LanesOption("Producers that send at the same time; rows of a key keep their order. Not to be "
                  "changed while rows wait in the state folder."),
      {.name = "progress_topic",
       .doc = "With --state: the compacted topic that says how far the sink has got, made when it "
              "is not there; a partition for each lane. By default "
              "`_weir_progress.PIPELINE.SINK`.",
       .example = "\"_weir_progress\""},
  });
}

SourceRole MakeKafkaSource() {
  SourceRole role;
  role.options = SourceOptions();
  role.make = [](const SourceRequest& request) -> Result<std::unique_ptr<SourceConnector>> {
    return std::unique_ptr<SourceConnector>(new KafkaSource(request));
  };
  role.bounded = true;  // with `end`
  return role;
}

SinkRole MakeKafkaSink() {
  SinkRole role;
  role.options = SinkOptions();
  role.make = [](const SinkRequest& request) -> Result<std::unique_ptr<SinkConnector>> {
    if (request.outbox == nullptr) return std::unique_ptr<SinkConnector>(new KafkaSink(request));
    return std::unique_ptr<SinkConnector>(new TransactionSink(request));
  };
  role.guarantee = SinkGuarantee::kExactlyOnce;
  role.upsert = UpsertSupport::kWithKey;
  return role;
}

}  // namespace

ConnectorSpec KafkaConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "kafka";
  spec.doc =
      "Topics of Apache Kafka. A source reads all partitions of its topics by position, without a "
      "consumer group's rebalancing; an expired position or a topic that was made anew is an "
      "error, a record without a value a dead letter (`tombstone`). Partitions that a topic gets "
      "while it is read are logged, and read from the next start on. A sink sends each row as a "
      "message, partitioned by its key as the Java client does; a delete of an upsert stream is a "
      "message without a value. With --state it is exactly once: rows of a checkpoint are sent in "
      "transactions, which readers with isolation.level=read_committed see as a whole or not at "
      "all (sources of this connector are such readers), and which need the right to write to "
      "transactional.id PIPELINE/SINK/LANE and to the progress topic. Without --state its "
      "producers are idempotent and wait for all replicas, and rows may be repeated after a "
      "crash. Tables cannot be read yet.";
  spec.source = MakeKafkaSource();
  spec.source->timed_records = true;
  spec.table.emplace();
  spec.table->options = TableOptions();
  spec.sink = MakeKafkaSink();
  spec.examples = {
      "from kafka(brokers: \"localhost:9092\", topic: \"user_events\", start: \"earliest\")",
      "from kafka(topic: \"orders,returns\", start: \"2026-01-31T00:00:00Z\", end: \"latest\")",
      "to kafka(brokers: $brokers, topic: \"alerts\")",
      "to kafka(topic: \"sessions\", key: \"user_id\", partitions: 4, compression: \"zstd\")",
  };
  SetTopicPlaces(spec);
  return spec;
}

}  // namespace weir
