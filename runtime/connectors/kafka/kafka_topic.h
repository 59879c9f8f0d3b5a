#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "runtime/connectors/kafka/kafka_client.h"

namespace weir {

/// librdkafka's handle of a topic; keeps its client alive.
class KafkaTopic {
 public:
  KafkaTopic(std::shared_ptr<KafkaClient> client, const std::string& name)
      : client_(std::move(client)),
        name_(name),
        handle_(rd_kafka_topic_new(client_->get(), name.c_str(), nullptr)) {}
  ~KafkaTopic() {
    if (handle_ != nullptr) rd_kafka_topic_destroy(handle_);
  }
  KafkaTopic(const KafkaTopic&) = delete;
  KafkaTopic& operator=(const KafkaTopic&) = delete;

  /// Null when the name can't be one of a topic.
  rd_kafka_topic_t* get() const { return handle_; }
  KafkaClient& client() const { return *client_; }
  const std::string& name() const { return name_; }
  /// The topic was deleted: set by whoever watches, seen by those who read.
  void SetDeleted() { deleted_.store(true, std::memory_order_release); }
  bool deleted() const { return deleted_.load(std::memory_order_acquire); }

 private:
  std::shared_ptr<KafkaClient> client_;
  std::string name_;
  rd_kafka_topic_t* handle_;
  std::atomic<bool> deleted_{false};
};

}  // namespace weir
