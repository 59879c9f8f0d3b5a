#include "runtime/connectors/kafka/kafka_producer.h"

namespace weir {
namespace {

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

rd_kafka_resp_err_t KafkaProducer::Send(const KafkaMessage& message, SentBatch::Slot* slot) {
  return Produce(*topic_, RD_KAFKA_PARTITION_UA, message, slot);
}

}  // namespace weir
