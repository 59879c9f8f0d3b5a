#pragma once

#include <memory>
#include <vector>

#include "runtime/connectors/kafka/kafka_producer.h"
#include "runtime/connectors/kafka/kafka_sink_settings.h"

namespace weir {

/// Rows as messages of a topic, at least once: idempotent producers, acknowledged by all replicas.
/// Rows wait inside librdkafka while brokers are away; HasRoom bounds how many.
class KafkaSink final : public SinkConnector {
 public:
  explicit KafkaSink(const SinkRequest& request) : settings_(request) {}

  Status Open() override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override;

 private:
  KafkaSinkSettings settings_;
  std::vector<std::unique_ptr<KafkaProducer>> lanes_;
};

}  // namespace weir
