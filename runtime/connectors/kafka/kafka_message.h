#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string_view>

#include "runtime/connectors/kafka/kafka_topic.h"

namespace weir {

struct KafkaMessage {
  std::string_view value;
  bool has_value = true;  ///< without: a tombstone
  std::string_view key;
  bool has_key = false;
  std::string_view headers;      ///< as record_headers.h has them
  std::string_view routed_from;  ///< header kRoutedFromHeader, when not empty
  int64_t time_ms = 0;           ///< 0: when librdkafka takes it
};

/// Names the stage that a row came from, where it was routed.
inline constexpr char kRoutedFromHeader[] = "weir-routed-from";

/// Hands a copy of the message to librdkafka. `partition`: RD_KAFKA_PARTITION_UA lets the key
/// decide. `opaque` comes back with the report, unless there is an error.
rd_kafka_resp_err_t Produce(const KafkaTopic& topic, int32_t partition, const KafkaMessage& message,
                            void* opaque);

}  // namespace weir
