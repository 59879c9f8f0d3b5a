#pragma once

#include <memory>
#include <vector>

#include "runtime/connectors/kafka/kafka_topic.h"

namespace weir {

/// Looks every few seconds whether the topics of a source are still what they were when it was
/// opened. librdkafka says nothing of a topic that goes, nor of partitions that come. One thread.
class TopicWatch {
 public:
  void Add(std::shared_ptr<KafkaTopic> topic, int num_partitions);
  /// Call about once per second.
  void Tick();

 private:
  struct Watched {
    std::weak_ptr<KafkaTopic> topic;
    int num_partitions = 0;
    int misses = 0;  ///< in a row: brokers that restart may not know their topics for a moment
    bool has_grown = false;
  };
  static void Look(Watched& watched);

  std::vector<Watched> watched_;
  int seconds_ = 0;
};

}  // namespace weir
