#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/kafka/group_progress.h"
#include "runtime/connectors/kafka/kafka_connection.h"
#include "runtime/connectors/kafka/kafka_topic.h"
#include "runtime/connectors/kafka/topic_watch.h"

namespace weir {

/// One partition of a topic and what it held when the source was opened.
struct KafkaPartition {
  std::shared_ptr<KafkaTopic> topic;
  int32_t id = 0;
  int64_t low = 0, high = 0;  ///< first offset kept, next one to be written
  int64_t start = 0;          ///< where to begin without a position
  int64_t end = -1;           ///< bounded: the first offset not to read
  std::string Name() const { return topic->name() + "/" + std::to_string(id); }
};

/// All partitions of one or more topics, read by position: assigned, never subscribed, so that no
/// consumer group moves them (guarantees.md rule 27).
class KafkaSource final : public SourceConnector {
 public:
  explicit KafkaSource(const SourceRequest& request);
  ~KafkaSource() override;

  Status Open() override;
  size_t num_partitions() const override { return partitions_.size(); }
  std::string partition_name(size_t partition) const override {
    return partitions_[partition].Name();
  }
  void NoteKnown(std::string_view partition) override { known_.emplace(partition); }
  Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) override;

 private:
  Result<std::vector<std::pair<std::string, std::string>>> ConsumerSettings(
      size_t num_partitions) const;
  Status FindPartitions(const std::vector<KafkaTopicInfo>& all,
                        const std::vector<std::string>& topics);
  Status FindStart(KafkaPartition& partition) const;

  ConnectorOptions options_;
  KafkaConnection connection_;
  std::string start_;
  Micros start_time_ = 0;  ///< when `start_` is neither earliest nor latest
  std::shared_ptr<KafkaClient> client_;
  /// A partition that was added to a topic which an earlier run has read.
  bool IsNew(const KafkaPartition& partition) const;

  std::vector<KafkaPartition> partitions_;
  std::set<std::string, std::less<>> known_;  ///< names of those that have a position
  std::shared_ptr<TopicWatch> watch_;
  std::shared_ptr<GroupProgress> progress_;  ///< null without `group`
};

}  // namespace weir
