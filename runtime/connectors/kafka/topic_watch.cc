#include "runtime/connectors/kafka/topic_watch.h"

#include "runtime/base/log.h"

namespace weir {
namespace {

constexpr int kEvery = 5;  // seconds
constexpr int kMostMisses = 3;

}  // namespace

void TopicWatch::Add(std::shared_ptr<KafkaTopic> topic, int num_partitions) {
  Watched watched;
  watched.topic = topic;
  watched.num_partitions = num_partitions;
  watched_.push_back(std::move(watched));
}

void TopicWatch::Tick() {
  if (++seconds_ % kEvery != 0) return;
  for (Watched& watched : watched_) Look(watched);
}

void TopicWatch::Look(Watched& watched) {
  const std::shared_ptr<KafkaTopic> topic = watched.topic.lock();
  if (topic == nullptr || !topic->client().reachable()) return;
  const Result<KafkaTopicInfo> info = topic->client().DescribeTopic(topic->name());
  if (!info.ok()) return;
  watched.misses = info->num_partitions == 0 ? watched.misses + 1 : 0;
  if (watched.misses >= kMostMisses) topic->SetDeleted();
  if (info->num_partitions <= watched.num_partitions || watched.has_grown) return;
  watched.has_grown = true;
  const KafkaConnection& connection = topic->client().connection();
  LogLine(fmt::format(
      "{}: topic \"{}\" has {} partitions now, this run reads the {} that it had at its start: "
      "start it again to read all",
      connection.owner(), topic->name(), info->num_partitions, watched.num_partitions));
}

}  // namespace weir
