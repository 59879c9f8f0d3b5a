#include "runtime/connectors/kafka/kafka_message.h"

#include "runtime/connector/record_headers.h"

namespace weir {
namespace {

rd_kafka_headers_t* HeadersOf(const KafkaMessage& message) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(4);
  const auto add = [headers](std::string_view name, const void* value, size_t size) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value,
                        static_cast<ssize_t>(size));
  };
  std::string_view list = message.headers;
  RecordHeader header;
  while (NextRecordHeader(list, header)) {
    add(header.name, header.value ? header.value->data() : nullptr,
        header.value ? header.value->size() : 0);
  }
  if (!message.routed_from.empty()) {
    add(kRoutedFromHeader, message.routed_from.data(), message.routed_from.size());
  }
  return headers;
}

}  // namespace

rd_kafka_resp_err_t Produce(const KafkaTopic& topic, int32_t partition, const KafkaMessage& message,
                            void* opaque) {
  // An empty view may point nowhere, which would mean null.
  const char* value = message.value.empty() ? "" : message.value.data();
  const char* key = message.key.empty() ? "" : message.key.data();
  if (!message.has_value) value = nullptr;
  if (!message.has_key) key = nullptr;
  const size_t value_size = message.has_value ? message.value.size() : 0;
  const size_t key_size = message.has_key ? message.key.size() : 0;
  const bool has_headers = !message.routed_from.empty() || !message.headers.empty();
  if (has_headers || message.time_ms != 0) {
    rd_kafka_headers_t* headers = has_headers ? HeadersOf(message) : nullptr;
    const rd_kafka_resp_err_t code =
        rd_kafka_producev(topic.client().get(), RD_KAFKA_V_RKT(topic.get()),
                          RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_VALUE(const_cast<char*>(value), value_size),
                          RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_TIMESTAMP(message.time_ms),
                          RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
    // Once sent they are the library's.
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && headers != nullptr) rd_kafka_headers_destroy(headers);
    return code;
  }
  const int failed = rd_kafka_produce(topic.get(), partition, RD_KAFKA_MSG_F_COPY,
                                      const_cast<char*>(value), value_size, key, key_size, opaque);
  return failed == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
}

}  // namespace weir
