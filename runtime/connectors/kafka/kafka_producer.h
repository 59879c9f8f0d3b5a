#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/connectors/kafka/deliveries.h"
#include "runtime/connectors/kafka/kafka_message.h"
#include "runtime/connectors/kafka/kafka_topic.h"

namespace weir {

class KafkaProducer;

/// Rows of one batch on their way. Deletes itself when the last of them is reported.
struct SentBatch {
  struct Slot {
    SentBatch* batch;
    RowIndex row;
  };
  RecordBatch rows;  ///< for those that are refused
  std::vector<Slot> slots;
  std::shared_ptr<Deliveries> deliveries;
  KafkaProducer* producer = nullptr;
  int64_t bytes = 0;
  std::atomic<size_t> left{0};

  /// `count` rows need it no longer.
  void Release(size_t count);
};

/// One idempotent producer (a lane) of a sink. Messages wait in librdkafka for as long as the
/// brokers are away; `bytes` and `batches` say how many. Thread-safe.
class KafkaProducer {
 public:
  /// librdkafka's settings beyond those of the connection.
  static Result<std::unique_ptr<KafkaProducer>> Make(
      const KafkaConnection& connection, const std::string& topic,
      const std::vector<std::pair<std::string, std::string>>& settings);

  /// Copies the message. `slot` is reported later unless there is an error.
  rd_kafka_resp_err_t Send(const KafkaMessage& message, SentBatch::Slot* slot);

  void Began(int64_t bytes);
  void Ended(int64_t bytes);
  int64_t batches() const { return batches_.load(std::memory_order_relaxed); }
  int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  KafkaClient& client() const { return topic_->client(); }

 private:
  KafkaProducer() = default;
  static void OnReport(rd_kafka_t* handle, const rd_kafka_message_t* message, void* client);

  std::atomic<int64_t> batches_{0};
  std::atomic<int64_t> bytes_{0};
  std::unique_ptr<KafkaTopic> topic_;  ///< last, so first to go: what is left is reported then
};

}  // namespace weir
