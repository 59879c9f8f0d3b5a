#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/kafka/kafka_connection.h"
#include "runtime/connectors/kafka/kafka_producer.h"
#include "runtime/connectors/kafka/kafka_topics.h"

namespace weir {

/// Rows as messages of a topic: idempotent producers, acknowledged by all replicas. Rows wait
/// inside librdkafka while brokers are away; HasRoom bounds how many.
class KafkaSink final : public SinkConnector {
 public:
  explicit KafkaSink(const SinkRequest& request);

  Status Open() override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override;

 private:
  Status PrepareTopic(KafkaClient& client);
  std::vector<std::pair<std::string, std::string>> ProducerSettings() const;

  ConnectorOptions options_;
  std::string format_;
  ConnectorOptions format_options_;
  SchemaPtr schema_;
  std::vector<int> key_;
  bool upsert_, keep_headers_;
  KafkaConnection connection_;
  std::string topic_;
  KafkaTopicLimits limits_;
  std::vector<std::unique_ptr<KafkaProducer>> lanes_;
};

}  // namespace weir
