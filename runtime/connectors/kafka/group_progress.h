#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/connectors/kafka/kafka_client.h"

namespace weir {

/// Tells the brokers, under a group's name, how far a source has read, so that the usual tools show
/// its lag. Nobody starts from these offsets: positions are the engine's. Thread-safe.
class GroupProgress {
 public:
  struct Partition {
    std::string topic;
    int32_t id;
  };
  GroupProgress(std::string group, std::vector<Partition> partitions);

  /// The next record to read of partition number `index`.
  void Set(size_t index, int64_t next) { next_[index].store(next, std::memory_order_relaxed); }
  /// Sends what has changed since the last call. `wait`: until the brokers have it.
  void Publish(KafkaClient& client, bool wait);

 private:
  std::string group_;
  std::vector<Partition> partitions_;
  std::vector<std::atomic<int64_t>> next_;
  std::mutex mutex_;
  std::vector<int64_t> published_;
  bool complained_ = false;
};

}  // namespace weir
