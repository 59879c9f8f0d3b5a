#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/connectors/kafka/kafka_message.h"

namespace weir {

/// What became of a step of a transaction.
struct TransactionOutcome {
  enum class Kind {
    kDone,
    kRetry,  ///< the same step again, for as long as it takes
    kAbort,  ///< the transaction can't be committed: Abort, then begin anew
    kLost,   ///< the producer can't go on: another one is needed, and what was sent must be read
  };
  Kind kind = Kind::kDone;
  Status status;

  bool done() const { return kind == Kind::kDone; }
};

/// librdkafka's transactional producer. One thread.
class TransactionalProducer {
 public:
  /// `settings`: librdkafka's, of the topic (KafkaSinkSettings).
  static Result<std::unique_ptr<TransactionalProducer>> Make(
      const KafkaConnection& connection, const std::string& id, const std::string& topic,
      const std::string& progress_topic, std::vector<std::pair<std::string, std::string>> settings);

  /// Ends what an earlier producer of the same id left open, and fences it.
  TransactionOutcome Init();
  TransactionOutcome Begin();
  /// Both copy. Waits while librdkafka's queue is full.
  Status Send(const KafkaMessage& message);
  Status SendProgress(int32_t partition, const KafkaMessage& message);
  /// Waits for the messages too.
  TransactionOutcome Commit();
  TransactionOutcome Abort();

  KafkaClient& client() const { return topic_->client(); }

 private:
  TransactionalProducer() = default;
  static void OnReport(rd_kafka_t* handle, const rd_kafka_message_t* message, void* client);
  TransactionOutcome OutcomeOf(const char* step, rd_kafka_error_t* error);
  Status ProduceTo(const KafkaTopic& topic, int32_t partition, const KafkaMessage& message);

  std::string id_;
  std::atomic<rd_kafka_resp_err_t> refusal_{RD_KAFKA_RESP_ERR_NO_ERROR};  ///< of this transaction
  std::unique_ptr<KafkaTopic> progress_topic_;
  std::unique_ptr<KafkaTopic> topic_;
};

}  // namespace weir
