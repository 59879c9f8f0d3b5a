#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/kafka/kafka_connection.h"
#include "runtime/connectors/kafka/kafka_topics.h"
#include "runtime/format/encoder.h"

namespace weir {

/// What a sink needs of its request (copies, since the request does not live on) and of its topic.
class KafkaSinkSettings {
 public:
  explicit KafkaSinkSettings(const SinkRequest& request);

  /// Asks the brokers: makes the topic where `partitions` says so, reads its limits.
  Status Open();

  /// librdkafka's settings for producers that send to the topic.
  std::vector<std::pair<std::string, std::string>> ProducerSettings() const;
  Result<std::unique_ptr<Encoder>> MakeEncoder() const;

  const ConnectorOptions& options() const { return options_; }
  const KafkaConnection& connection() const { return connection_; }
  const std::string& topic() const { return topic_; }
  const SchemaPtr& schema() const { return schema_; }
  const std::vector<int>& key() const { return key_; }
  bool keep_headers() const { return keep_headers_; }
  bool needs_key() const { return limits_.compacted; }
  uint32_t lanes() const { return static_cast<uint32_t>(options_.GetInt64("lanes", 1)); }
  /// Bytes of key and value that a message may have.
  int64_t most_message_bytes() const;

 private:
  Status PrepareTopic(KafkaClient& client) const;

  ConnectorOptions options_;
  std::string format_;
  ConnectorOptions format_options_;
  SchemaPtr schema_;
  std::vector<int> key_;
  bool upsert_, keep_headers_;
  KafkaConnection connection_;
  std::string topic_;
  KafkaTopicLimits limits_;
};

}  // namespace weir
