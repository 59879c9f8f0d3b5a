#include "runtime/connectors/kafka/kafka_producer.h"

#include "runtime/connector/record_headers.h"

namespace weir {
namespace {

constexpr const char* kRoutedFrom = "weir-routed-from";

/// The brokers will never take this message.
bool IsRefusal(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION: return true;
    default: return false;
  }
}

}  // namespace

void SentBatch::Release(size_t count) {
  if (left.fetch_sub(count, std::memory_order_acq_rel) != count) return;
  producer->Ended(bytes);
  delete this;
}

void KafkaProducer::Began(int64_t bytes) {
  batches_.fetch_add(1, std::memory_order_relaxed);
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
}

void KafkaProducer::Ended(int64_t bytes) {
  batches_.fetch_sub(1, std::memory_order_relaxed);
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

void KafkaProducer::OnReport(rd_kafka_t* handle, const rd_kafka_message_t* message, void* client) {
  (void)handle;
  auto* slot = static_cast<SentBatch::Slot*>(message->_private);
  SentBatch* batch = slot->batch;
  Deliveries& deliveries = *batch->deliveries;
  const rd_kafka_resp_err_t code = message->err;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    deliveries.Acknowledged();
  } else if (IsRefusal(code)) {
    // First the row, then the count: the writer must not believe that all is done.
    deliveries.Refused(
        {batch->rows, slot->row, rd_kafka_err2name(code), rd_kafka_message_errstr(message), 1});
    deliveries.Acknowledged();
  } else if (code != RD_KAFKA_RESP_ERR__PURGE_QUEUE && code != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
    const KafkaConnection& connection = static_cast<KafkaClient*>(client)->connection();
    const std::string text = fmt::format("topic \"{}\" of Kafka at {} no longer takes rows: {}",
                                         rd_kafka_topic_name(message->rkt), connection.brokers(),
                                         rd_kafka_message_errstr(message));
    const bool forbidden = code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
                           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
    deliveries.Failed(
        Status(forbidden ? StatusCode::kPermissionDenied : StatusCode::kIoError, text));
  }
  batch->Release(1);
}

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::Make(
    const KafkaConnection& connection, const std::string& topic,
    const std::vector<std::pair<std::string, std::string>>& settings) {
  WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf, connection.MakeConf(settings));
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &KafkaProducer::OnReport);
  WEIR_ASSIGN(std::shared_ptr<KafkaClient> client,
              KafkaClient::Make(connection, RD_KAFKA_PRODUCER, std::move(conf)));
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer());
  producer->topic_ = std::make_unique<KafkaTopic>(std::move(client), topic);
  return producer;
}

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
    add(kRoutedFrom, message.routed_from.data(), message.routed_from.size());
  }
  return headers;
}

}  // namespace

rd_kafka_resp_err_t KafkaProducer::Send(const KafkaMessage& message, SentBatch::Slot* slot) {
  // An empty view may point nowhere, which would mean null.
  const char* value = message.value.empty() ? "" : message.value.data();
  const char* key = message.key.empty() ? "" : message.key.data();
  if (!message.has_value) value = nullptr;
  if (!message.has_key) key = nullptr;
  const size_t value_size = message.has_value ? message.value.size() : 0;
  const size_t key_size = message.has_key ? message.key.size() : 0;
  if (!message.routed_from.empty() || !message.headers.empty()) {
    rd_kafka_headers_t* headers = HeadersOf(message);
    const rd_kafka_resp_err_t code = rd_kafka_producev(
        client().get(), RD_KAFKA_V_RKT(topic_->get()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_VALUE(const_cast<char*>(value), value_size), RD_KAFKA_V_KEY(key, key_size),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(slot), RD_KAFKA_V_END);
    // Once sent they are the library's.
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
    return code;
  }
  const int failed = rd_kafka_produce(topic_->get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                                      const_cast<char*>(value), value_size, key, key_size, slot);
  return failed == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
}

}  // namespace weir
