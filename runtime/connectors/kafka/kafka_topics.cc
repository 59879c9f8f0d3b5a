#include "runtime/connectors/kafka/kafka_topics.h"

#include <algorithm>
#include <charconv>

#include "runtime/base/suggest.h"

namespace weir {
namespace {

constexpr int kAdminMs = 15000;
constexpr size_t kMostNamed = 8;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// What is like `topic`, else all of a few.
std::string Others(const std::vector<KafkaTopicInfo>& all, const std::string& topic) {
  std::vector<std::string> names;
  for (const KafkaTopicInfo& info : all) {
    if (!info.name.starts_with("__")) names.push_back(info.name);
  }
  if (names.empty()) return "there are no topics";
  if (const auto close = SuggestName(topic, names)) return "did you mean \"" + *close + "\"?";
  std::sort(names.begin(), names.end());
  std::string list;
  for (size_t i = 0; i < names.size() && i < kMostNamed; ++i) {
    list += (i == 0 ? "there is: " : ", ") + names[i];
  }
  if (names.size() > kMostNamed) list += fmt::format(" and {} more", names.size() - kMostNamed);
  return list;
}

/// Waits for the answer of an admin request.
KafkaHandle<rd_kafka_event_t> Answer(rd_kafka_queue_t* queue) {
  return KafkaHandle<rd_kafka_event_t>(rd_kafka_queue_poll(queue, kAdminMs + 1000));
}

}  // namespace

Result<std::vector<std::string>> SplitTopics(std::string_view topics) {
  std::vector<std::string> names;
  while (true) {
    const size_t comma = topics.find(',');
    const std::string name(Trimmed(topics.substr(0, comma)));
    if (name.empty()) {
      return InvalidArgumentError("topic: an empty name; write \"a\" or \"a,b\"");
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return InvalidArgumentError("topic: \"{}\" is named twice", name);
    }
    names.push_back(name);
    if (comma == std::string_view::npos) return names;
    topics.remove_prefix(comma + 1);
  }
}

Result<KafkaTopicInfo> FindTopic(const std::vector<KafkaTopicInfo>& all, const std::string& topic,
                                 const KafkaConnection& connection, std::string_view fix) {
  for (const KafkaTopicInfo& info : all) {
    if (info.name != topic) continue;
    if (info.forbidden) {
      return MakeStatus(StatusCode::kPermissionDenied,
                        "this user may not use topic \"{}\" of Kafka at {}", topic,
                        connection.brokers());
    }
    if (info.num_partitions > 0) return info;
  }
  return NotFoundError("topic: Kafka at {} has no topic \"{}\" ({}); {}", connection.brokers(),
                       topic, Others(all, topic), fix);
}

Status CreateTopic(const KafkaClient& client, const std::string& topic, int partitions,
                   const std::vector<std::pair<std::string, std::string>>& config) {
  char why[512] = "";
  KafkaHandle<rd_kafka_NewTopic_t> wanted(rd_kafka_NewTopic_new(
      topic.c_str(), partitions, /*replication_factor=*/-1, why, sizeof(why)));
  if (wanted == nullptr) {
    return InvalidArgumentError("topic \"{}\" cannot be made: {}", topic, why);
  }
  for (const auto& [name, value] : config) {
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  }
  KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client.get()));
  KafkaHandle<rd_kafka_AdminOptions_t> options(
      rd_kafka_AdminOptions_new(client.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kAdminMs, nullptr, 0);
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), kAdminMs, nullptr, 0);
  rd_kafka_NewTopic_t* list[] = {wanted.get()};
  rd_kafka_CreateTopics(client.get(), list, 1, options.get(), queue.get());
  const KafkaHandle<rd_kafka_event_t> event = Answer(queue.get());
  const rd_kafka_CreateTopics_result_t* result =
      event == nullptr ? nullptr : rd_kafka_event_CreateTopics_result(event.get());
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return UnavailableError(
        "topic \"{}\" cannot be made: {}", topic,
        result == nullptr ? "no answer" : rd_kafka_event_error_string(event.get()));
  }
  size_t count = 0;
  const rd_kafka_topic_result_t** topics = rd_kafka_CreateTopics_result_topics(result, &count);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);
    // Another sink of the job, or another job, was faster.
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* text = rd_kafka_topic_result_error_string(topics[i]);
    return FailedPreconditionError("topic \"{}\" cannot be made with {} partitions: {}", topic,
                                   partitions, text == nullptr ? rd_kafka_err2str(code) : text);
  }
  return Status::Ok();
}

KafkaTopicLimits ReadTopicLimits(const KafkaClient& client, const std::string& topic) {
  KafkaTopicLimits limits;
  KafkaHandle<rd_kafka_ConfigResource_t> wanted(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client.get()));
  KafkaHandle<rd_kafka_AdminOptions_t> options(
      rd_kafka_AdminOptions_new(client.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kAdminMs, nullptr, 0);
  rd_kafka_ConfigResource_t* list[] = {wanted.get()};
  rd_kafka_DescribeConfigs(client.get(), list, 1, options.get(), queue.get());
  const KafkaHandle<rd_kafka_event_t> event = Answer(queue.get());
  const rd_kafka_DescribeConfigs_result_t* result =
      event == nullptr ? nullptr : rd_kafka_event_DescribeConfigs_result(event.get());
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return limits;
  }
  size_t resources = 0;
  const rd_kafka_ConfigResource_t** found =
      rd_kafka_DescribeConfigs_result_resources(result, &resources);
  if (resources == 0) return limits;
  size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(found[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const std::string_view name = rd_kafka_ConfigEntry_name(entries[i]);
    const char* text = rd_kafka_ConfigEntry_value(entries[i]);
    const std::string_view value = text == nullptr ? "" : text;
    if (name == "max.message.bytes") {
      std::from_chars(value.data(), value.data() + value.size(), limits.max_message_bytes);
    } else if (name == "cleanup.policy") {
      limits.compacted = value.find("compact") != std::string_view::npos;
    }
  }
  return limits;
}

}  // namespace weir
