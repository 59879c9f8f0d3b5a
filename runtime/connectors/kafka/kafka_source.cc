#include "runtime/connectors/kafka/kafka_source.h"

#include <algorithm>

#include "runtime/connectors/kafka/kafka_partition_reader.h"
#include "runtime/connectors/kafka/kafka_topics.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr int kOffsetsMs = 10000;
/// Records that librdkafka fetches ahead of the engine, of all partitions together.
constexpr int64_t kAheadKib = 64 * 1024;

}  // namespace

KafkaSource::KafkaSource(const SourceRequest& request)
    : options_(*request.options),
      connection_(*request.options, "source " + request.name),
      start_(options_.GetString("start", "latest")) {}

KafkaSource::~KafkaSource() {
  if (client_ == nullptr) return;
  client_->SetTick(nullptr);
  if (progress_ != nullptr && client_->reachable()) progress_->Publish(*client_, /*wait=*/true);
}

Result<std::vector<std::pair<std::string, std::string>>> KafkaSource::ConsumerSettings(
    size_t num_partitions) const {
  const int64_t ahead =
      std::clamp<int64_t>(kAheadKib / static_cast<int64_t>(num_partitions), 1024, 16 * 1024);
  std::vector<std::pair<std::string, std::string>> settings = {
      // Positions are the engine's alone, and where they can't be kept is an error.
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"allow.auto.create.topics", "false"},
      {"enable.partition.eof", "true"},
      // Rows of transactions that were aborted, as by a crash of their writer, are no rows.
      {"isolation.level", "read_committed"},
      {"fetch.min.bytes", std::to_string(options_.GetInt64("fetch_min_bytes", 1))},
      {"fetch.wait.max.ms", std::to_string(options_.GetInt64("fetch_max_wait", 500000) / 1000)},
      {"fetch.error.backoff.ms", "100"},
      {"topic.metadata.propagation.max.ms", "5000"},
      {"queued.min.messages", "20000"},
      {"queued.max.messages.kbytes", std::to_string(ahead)},
  };
  const std::string group = options_.GetString("group");
  if (!group.empty()) settings.emplace_back("group.id", group);
  return settings;
}

Status KafkaSource::Open() {
  if (start_ != "earliest" && start_ != "latest") {
    const auto time = ParseTimestamp(start_);
    if (!time) {
      return InvalidArgumentError(
          "start: \"{}\" is neither earliest, latest nor a time like "
          "\"2026-01-31T12:00:00Z\"",
          start_);
    }
    start_time_ = *time;
  }
  WEIR_ASSIGN(const std::vector<std::string> topics, SplitTopics(options_.GetString("topic")));
  std::vector<KafkaTopicInfo> all;
  {
    // How much each partition may fetch ahead depends on how many there are.
    WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf, connection_.MakeConf({}));
    WEIR_ASSIGN(const std::shared_ptr<KafkaClient> asking,
                KafkaClient::Make(connection_, RD_KAFKA_CONSUMER, std::move(conf)));
    WEIR_ASSIGN(all, asking->ListTopics());
  }
  size_t count = 0;
  for (const std::string& topic : topics) {
    WEIR_ASSIGN(const KafkaTopicInfo info,
                FindTopic(all, topic, connection_, "correct the name or create the topic first"));
    count += static_cast<size_t>(info.num_partitions);
  }
  WEIR_ASSIGN(const auto settings, ConsumerSettings(count));
  WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf, connection_.MakeConf(settings));
  WEIR_ASSIGN(client_, KafkaClient::Make(connection_, RD_KAFKA_CONSUMER, std::move(conf)));
  WEIR_TRY(FindPartitions(all, topics));
  client_->ReportOutages();
  const std::string group = options_.GetString("group");
  if (!group.empty()) {
    std::vector<GroupProgress::Partition> published;
    for (const KafkaPartition& partition : partitions_) {
      published.push_back({partition.topic->name(), partition.id});
    }
    progress_ = std::make_shared<GroupProgress>(group, std::move(published));
  }
  client_->SetTick([progress = progress_, watch = watch_, client = client_.get()] {
    if (progress != nullptr && client->reachable()) progress->Publish(*client, /*wait=*/false);
    watch->Tick();
  });
  return Status::Ok();
}

Status KafkaSource::FindPartitions(const std::vector<KafkaTopicInfo>& all,
                                   const std::vector<std::string>& topics) {
  const bool bounded = options_.GetString("end") == "latest";
  watch_ = std::make_shared<TopicWatch>();
  for (const std::string& name : topics) {
    WEIR_ASSIGN(const KafkaTopicInfo info, FindTopic(all, name, connection_, ""));
    auto topic = std::make_shared<KafkaTopic>(client_, name);
    watch_->Add(topic, info.num_partitions);
    for (int id = 0; id < info.num_partitions; ++id) {
      KafkaPartition partition;
      partition.topic = topic;
      partition.id = id;
      WEIR_TRY(client_->FindOffsets(name, id, partition.low, partition.high));
      WEIR_TRY(FindStart(partition));
      if (bounded) partition.end = partition.high;
      partitions_.push_back(std::move(partition));
    }
  }
  return Status::Ok();
}

Status KafkaSource::FindStart(KafkaPartition& partition) const {
  partition.start = start_ == "earliest" ? partition.low : partition.high;
  if (start_ == "earliest" || start_ == "latest") return Status::Ok();
  KafkaHandle<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* wanted =
      rd_kafka_topic_partition_list_add(list.get(), partition.topic->name().c_str(), partition.id);
  // Records have milliseconds: the first one at or after the time.
  wanted->offset = (start_time_ + 999) / 1000;
  rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(client_->get(), list.get(), kOffsetsMs);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = wanted->err;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return UnavailableError("start: the offset of {} at {} cannot be found: {}", partition.Name(),
                            start_, KafkaErrorText(code));
  }
  // Nothing that new: from the end on.
  if (wanted->offset >= 0) partition.start = wanted->offset;
  return Status::Ok();
}

bool KafkaSource::IsNew(const KafkaPartition& partition) const {
  if (known_.contains(partition.Name())) return false;
  return std::any_of(partitions_.begin(), partitions_.end(), [&](const KafkaPartition& other) {
    return other.topic == partition.topic && known_.contains(other.Name());
  });
}

Result<std::unique_ptr<PartitionReader>> KafkaSource::MakeReader(size_t partition) {
  // All its records are later than where the earlier run ended: none is passed over.
  if (start_ == "latest" && IsNew(partitions_[partition])) {
    partitions_[partition].start = partitions_[partition].low;
  }
  const auto most = static_cast<size_t>(options_.GetInt64("max_poll_records", 10000));
  return std::unique_ptr<PartitionReader>(
      new KafkaPartitionReader(partitions_[partition], most, progress_, partition));
}

}  // namespace weir
