#include "runtime/connectors/log/log_table.h"

#include "runtime/base/string_map.h"
#include "runtime/connectors/log/log_source.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

constexpr size_t kReadRecords = 2048;

}  // namespace

Status LogTable::Open() {
  WEIR_ASSIGN(const std::vector<std::string> topics, LogTopics(options_, name_));
  if (topics.size() > 1) {
    return InvalidArgumentError("log(topic: \"{}\"): a table reads one topic",
                                options_.GetString("topic"));
  }
  topic_ = topics[0];
  return Rewind();
}

Status LogTable::Rewind() {
  ConnectorOptions options = options_;
  options.Set("start", Value::String("earliest"));
  options.Set("end", Value::String("latest"));
  WEIR_ASSIGN(plans_, PlanTopic(options, topic_));
  next_ = 0;
  return Status::Ok();
}

Status LogTable::ReadPartition(const LogReadPlan& plan) {
  rows_.clear();
  StringMap<size_t> row_of_key;
  LogPartitionReader reader(plan);
  WEIR_TRY(reader.Open(""));
  while (true) {
    RecordChunk chunk;
    WEIR_ASSIGN(const PollResult polled, reader.Poll(kReadRecords, 0, chunk));
    if (polled.state != PollState::kData) return Status::Ok();
    // All records of a poll are kept by its blocks together.
    const auto owner =
        std::make_shared<const std::vector<std::shared_ptr<const void>>>(std::move(chunk.owners));
    size_t tombstone = 0;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const bool deleted = tombstone < chunk.tombstones.size() && chunk.tombstones[tombstone] == i;
      if (deleted) ++tombstone;
      Row row{deleted ? std::string_view() : chunk.records[i], chunk.offsets[i],
              deleted ? nullptr : owner};
      const bool has_key = i < chunk.keys.size() && chunk.keys[i].data() != nullptr;
      if (!has_key) {
        if (!deleted) rows_.push_back(std::move(row));
        continue;
      }
      const auto [at, is_new] = row_of_key.try_emplace(std::string(chunk.keys[i]), rows_.size());
      if (is_new) {
        rows_.push_back(std::move(row));
      } else {
        rows_[at->second] = std::move(row);
      }
    }
  }
}

Result<bool> LogTable::Read(RecordChunk& chunk) {
  if (next_ == plans_.size()) return false;
  WEIR_TRY(ReadPartition(plans_[next_++]));
  const void* kept = nullptr;
  for (Row& row : rows_) {
    if (row.owner == nullptr) continue;  // deleted
    chunk.records.push_back(row.record);
    chunk.offsets.push_back(row.offset);
    if (row.owner.get() != kept) chunk.owners.push_back(row.owner);
    kept = row.owner.get();
  }
  rows_.clear();
  return true;
}

}  // namespace weir
