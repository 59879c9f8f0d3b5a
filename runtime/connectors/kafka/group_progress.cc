#include "runtime/connectors/kafka/group_progress.h"

#include "runtime/base/log.h"

namespace weir {

GroupProgress::GroupProgress(std::string group, std::vector<Partition> partitions)
    : group_(std::move(group)),
      partitions_(std::move(partitions)),
      next_(partitions_.size()),
      published_(partitions_.size(), -1) {
  for (auto& next : next_) next.store(-1, std::memory_order_relaxed);
}

void GroupProgress::Publish(KafkaClient& client, bool wait) {
  const std::lock_guard<std::mutex> lock(mutex_);
  KafkaHandle<rd_kafka_topic_partition_list_t> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions_.size())));
  for (size_t i = 0; i < partitions_.size(); ++i) {
    const int64_t next = next_[i].load(std::memory_order_relaxed);
    if (next < 0 || next == published_[i]) continue;
    rd_kafka_topic_partition_list_add(list.get(), partitions_[i].topic.c_str(), partitions_[i].id)
        ->offset = next;
    published_[i] = next;
  }
  if (list->cnt == 0) return;
  const rd_kafka_resp_err_t code = rd_kafka_commit(client.get(), list.get(), wait ? 0 : 1);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR || complained_) return;
  complained_ = true;
  LogLine(fmt::format("{}: the lag of group \"{}\" is not published: {}",
                      client.connection().owner(), group_, KafkaErrorText(code)));
}

}  // namespace weir
