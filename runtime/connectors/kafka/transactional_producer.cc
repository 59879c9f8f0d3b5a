#include "runtime/connectors/kafka/transactional_producer.h"

#include <chrono>
#include <thread>

namespace weir {
namespace {

/// One call waits so long at most; the lane calls again.
constexpr int kStepMs = 10'000;
/// The brokers abort what a dead process left open after this, unless its successor comes first.
constexpr const char* kTransactionTimeoutMs = "60000";

}  // namespace

Result<std::unique_ptr<TransactionalProducer>> TransactionalProducer::Make(
    const KafkaConnection& connection, const std::string& id, const std::string& topic,
    const std::string& progress_topic, std::vector<std::pair<std::string, std::string>> settings) {
  settings.emplace_back("transactional.id", id);
  settings.emplace_back("transaction.timeout.ms", kTransactionTimeoutMs);
  WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf, connection.MakeConf(settings));
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &TransactionalProducer::OnReport);
  WEIR_ASSIGN(std::shared_ptr<KafkaClient> client,
              KafkaClient::Make(connection, RD_KAFKA_PRODUCER, std::move(conf)));
  std::unique_ptr<TransactionalProducer> producer(new TransactionalProducer());
  producer->id_ = id;
  producer->topic_ = std::make_unique<KafkaTopic>(client, topic);
  producer->progress_topic_ = std::make_unique<KafkaTopic>(std::move(client), progress_topic);
  return producer;
}

void TransactionalProducer::OnReport(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  const rd_kafka_resp_err_t code = message->err;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
      code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
    return;
  }
  auto* producer = static_cast<TransactionalProducer*>(message->_private);
  rd_kafka_resp_err_t none = RD_KAFKA_RESP_ERR_NO_ERROR;
  producer->refusal_.compare_exchange_strong(none, code);
}

TransactionOutcome TransactionalProducer::OutcomeOf(const char* step, rd_kafka_error_t* error) {
  if (error == nullptr) return {};
  using Kind = TransactionOutcome::Kind;
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  TransactionOutcome outcome;
  outcome.kind = rd_kafka_error_txn_requires_abort(error) != 0 ? Kind::kAbort
                 : rd_kafka_error_is_retriable(error) != 0     ? Kind::kRetry
                                                               : Kind::kLost;
  std::string why = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  const rd_kafka_resp_err_t refusal = refusal_.load();
  if (refusal != RD_KAFKA_RESP_ERR_NO_ERROR) why += ": " + KafkaErrorText(refusal);
  const bool forbidden = code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
                         code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
                         code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
                         refusal == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
  const std::string text = fmt::format("Kafka at {}: a transaction of \"{}\" could not {}: {}",
                                       client().connection().brokers(), id_, step, why);
  outcome.status =
      Status(forbidden ? StatusCode::kPermissionDenied : StatusCode::kUnavailable, text);
  return outcome;
}

TransactionOutcome TransactionalProducer::Init() {
  return OutcomeOf("be set up", rd_kafka_init_transactions(client().get(), kStepMs));
}

TransactionOutcome TransactionalProducer::Begin() {
  refusal_.store(RD_KAFKA_RESP_ERR_NO_ERROR);
  return OutcomeOf("begin", rd_kafka_begin_transaction(client().get()));
}

TransactionOutcome TransactionalProducer::Commit() {
  return OutcomeOf("be committed", rd_kafka_commit_transaction(client().get(), kStepMs));
}

TransactionOutcome TransactionalProducer::Abort() {
  return OutcomeOf("be aborted", rd_kafka_abort_transaction(client().get(), kStepMs));
}

Status TransactionalProducer::Send(const KafkaMessage& message) {
  return ProduceTo(*topic_, RD_KAFKA_PARTITION_UA, message);
}

Status TransactionalProducer::SendProgress(int32_t partition, const KafkaMessage& message) {
  return ProduceTo(*progress_topic_, partition, message);
}

Status TransactionalProducer::ProduceTo(const KafkaTopic& topic, int32_t partition,
                                        const KafkaMessage& message) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStepMs);
  while (true) {
    const rd_kafka_resp_err_t code = Produce(topic, partition, message, this);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return Status::Ok();
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || std::chrono::steady_clock::now() > deadline) {
      return UnavailableError("topic \"{}\" of Kafka at {} does not take a row of {} bytes: {}",
                              topic.name(), client().connection().brokers(),
                              message.key.size() + message.value.size(), KafkaErrorText(code));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace weir
