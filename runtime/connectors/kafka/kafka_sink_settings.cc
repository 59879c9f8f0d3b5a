#include "runtime/connectors/kafka/kafka_sink_settings.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace weir {
namespace {

/// Room for what a batch has besides its one message.
constexpr int64_t kBatchOverhead = 256;
constexpr int64_t kUsualMessageBytes = 1'000'000;
constexpr int kAutoCreateTries = 4;

/// Names in `key`, as columns of the schema.
Result<std::vector<int>> KeyColumns(const std::string& names, const Schema& schema) {
  std::vector<int> key;
  size_t begin = 0;
  while (begin <= names.size()) {
    const size_t comma = std::min(names.find(',', begin), names.size());
    std::string name = names.substr(begin, comma - begin);
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    const std::optional<int> column = schema.IndexOf(name);
    if (!column) {
      return InvalidArgumentError("key: there is no column \"{}\" in {}", name, schema.ToString());
    }
    key.push_back(*column);
    begin = comma + 1;
  }
  return key;
}

}  // namespace

KafkaSinkSettings::KafkaSinkSettings(const SinkRequest& request)
    : options_(*request.options),
      format_(request.format.empty() ? "json" : request.format),
      schema_(request.schema),
      key_(request.key),
      upsert_(request.upsert),
      keep_headers_(request.keep_headers),
      connection_(*request.options, "sink " + request.name),
      topic_(request.options->GetString("topic")) {
  if (request.format_options != nullptr) format_options_ = *request.format_options;
}

Status KafkaSinkSettings::Open() {
  if (key_.empty() && options_.Has("key")) {
    WEIR_ASSIGN(key_, KeyColumns(options_.GetString("key"), *schema_));
  }
  WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf, connection_.MakeConf({}));
  WEIR_ASSIGN(const std::shared_ptr<KafkaClient> client,
              KafkaClient::Make(connection_, RD_KAFKA_PRODUCER, std::move(conf)));
  WEIR_TRY(PrepareTopic(*client));
  limits_ = ReadTopicLimits(*client, topic_);
  if (limits_.compacted && key_.empty()) {
    return InvalidArgumentError(
        "topic \"{}\" is compacted, so each message needs a key: write `key COLUMN` at the "
        "sink, or cleanup.policy=delete at the topic",
        topic_);
  }
  return Status::Ok();
}

Status KafkaSinkSettings::PrepareTopic(KafkaClient& client) const {
  WEIR_ASSIGN(std::vector<KafkaTopicInfo> all, client.ListTopics());
  const bool known = std::any_of(all.begin(), all.end(), [this](const KafkaTopicInfo& info) {
    return info.name == topic_ && (info.forbidden || info.num_partitions > 0);
  });
  if (!known && options_.Has("partitions")) {
    return CreateTopic(client, topic_, static_cast<int>(options_.GetInt64("partitions")));
  }
  // Brokers that make topics on demand do so when they are asked for one.
  for (int i = 0; !known && i < kAutoCreateTries; ++i) {
    WEIR_ASSIGN(KafkaTopicInfo info, client.DescribeTopic(topic_));
    if (info.num_partitions > 0) {
      all.push_back(std::move(info));
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  return FindTopic(all, topic_, connection_,
                   "create it, or give the sink `partitions: 4` to have it made")
      .status();
}

std::vector<std::pair<std::string, std::string>> KafkaSinkSettings::ProducerSettings() const {
  const double linger_ms = static_cast<double>(options_.GetInt64("linger", 5000)) / 1000;
  std::vector<std::pair<std::string, std::string>> settings = {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"queue.buffering.max.messages", "10000000"},
      {"queue.buffering.max.kbytes", "2097151"},
      {"partitioner", "murmur2_random"},
      {"compression.codec", options_.GetString("compression", "lz4")},
      {"linger.ms", fmt::format("{:.3f}", linger_ms)},
  };
  if (limits_.max_message_bytes > 2 * kBatchOverhead) {
    // What the topic would refuse is refused here, alone and not with the batch around it.
    const int64_t most = most_message_bytes();
    settings.emplace_back("message.max.bytes", std::to_string(most));
    settings.emplace_back("batch.size", std::to_string(std::min<int64_t>(most, 1'000'000)));
  }
  return settings;
}

int64_t KafkaSinkSettings::most_message_bytes() const {
  if (limits_.max_message_bytes <= 2 * kBatchOverhead) return kUsualMessageBytes;
  return std::max<int64_t>(limits_.max_message_bytes - kBatchOverhead, 1000);
}

Result<std::unique_ptr<Encoder>> KafkaSinkSettings::MakeEncoder() const {
  EncodeRequest request{schema_, key_, upsert_, FormatOptions::From(format_options_)};
  return weir::MakeEncoder(format_, std::move(request));
}

}  // namespace weir
