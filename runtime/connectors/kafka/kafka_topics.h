#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/kafka/kafka_client.h"

namespace weir {

/// `"a, b"` as its names; an error when it names none or one twice.
Result<std::vector<std::string>> SplitTopics(std::string_view topics);

/// The topic among `all`; an error that names it, the brokers and what is close to it. `fix` ends
/// the message: `create it, or …`.
Result<KafkaTopicInfo> FindTopic(const std::vector<KafkaTopicInfo>& all, const std::string& topic,
                                 const KafkaConnection& connection, std::string_view fix);

/// Makes the topic with the brokers' own replication factor. `config`: of the topic.
Status CreateTopic(const KafkaClient& client, const std::string& topic, int partitions,
                   const std::vector<std::pair<std::string, std::string>>& config = {});

/// Settings of a topic that decide what it takes.
struct KafkaTopicLimits {
  int64_t max_message_bytes = 0;  ///< of a batch of messages; 0: unknown
  bool compacted = false;         ///< and so every message needs a key
};
/// Nothing known when the user may not ask.
KafkaTopicLimits ReadTopicLimits(const KafkaClient& client, const std::string& topic);

}  // namespace weir
