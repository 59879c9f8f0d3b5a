#include "runtime/connectors/log/log_source.h"

#include <algorithm>

#include "runtime/connectors/log/topic_paths.h"
#include "runtime/connectors/log/topic_state.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

/// Option `start`, apart from the two words.
Result<Micros> StartTime(const std::string& start) {
  const std::optional<int64_t> time = ParseTimestamp(start);
  if (time) return *time;
  return InvalidArgumentError(
      "log(start: \"{}\"): neither earliest nor latest nor a timestamp with an offset, like "
      "\"2026-01-31T08:00:00Z\"",
      start);
}

/// Offset of the first run of batches of each partition that reaches up to `time`; those without
/// one begin at their end.
Result<std::vector<int64_t>> OffsetsOfTime(const std::string& folder, uint64_t first_journal,
                                           const TopicState& state, Micros time) {
  std::vector<int64_t> offsets(state.bounds.size(), -1);
  JournalCursor cursor(folder, first_journal);
  while (true) {
    WEIR_ASSIGN(const std::optional<JournalRecord> record, cursor.Next());
    if (!record) break;
    if (record->type != JournalType::kCommit) continue;
    for (const LogExtent& extent : record->unit.extents) {
      int64_t& offset = offsets[extent.partition];
      if (offset < 0 && extent.max_time >= time) offset = extent.base_offset;
    }
  }
  for (size_t i = 0; i < offsets.size(); ++i) {
    const PartitionBounds& bounds = state.bounds[i];
    offsets[i] = offsets[i] < 0 ? bounds.next : std::max(offsets[i], bounds.start);
  }
  return offsets;
}

}  // namespace

Result<std::vector<LogReadPlan>> PlanTopic(const ConnectorOptions& options,
                                           const std::string& topic) {
  const std::string start = options.GetString("start", "earliest");
  const bool by_time = start != "earliest" && start != "latest";
  Micros time = kMinTimestamp;
  if (by_time) {
    WEIR_ASSIGN(time, StartTime(start));
  }
  const std::string folder = TopicFolder(LogDir(options), topic);
  WEIR_ASSIGN(const std::vector<uint64_t> journals, FindJournals(folder));
  if (journals.empty()) return NoSuchTopic(LogDir(options), topic);
  // The newest journal begins with the bounds; only a time has to be looked for in all of them.
  JournalCursor cursor(folder, journals.back());
  WEIR_ASSIGN(const TopicState state, ReadTopicState(folder, cursor));
  std::vector<int64_t> offsets;
  if (by_time) {
    WEIR_ASSIGN(offsets, OffsetsOfTime(folder, journals.front(), state, time));
  }
  std::vector<LogReadPlan> plans;
  for (uint32_t i = 0; i < state.bounds.size(); ++i) {
    LogReadPlan plan;
    plan.folder = folder;
    plan.topic = topic;
    plan.topic_id = state.topic_id;
    plan.partition = i;
    plan.first = by_time               ? offsets[i]
                 : start == "earliest" ? state.bounds[i].start
                                       : state.bounds[i].next;
    plan.not_older = time;
    if (options.GetString("end") == "latest") plan.end = state.bounds[i].next;
    plans.push_back(std::move(plan));
  }
  return plans;
}

LogSource::LogSource(const SourceRequest& request)
    : name_(request.name), options_(*request.options) {}

Status LogSource::Open() {
  WEIR_ASSIGN(const std::vector<std::string> topics, LogTopics(options_, name_));
  plans_.clear();
  for (const std::string& topic : topics) {
    WEIR_ASSIGN(std::vector<LogReadPlan> plans, PlanTopic(options_, topic));
    for (LogReadPlan& plan : plans) plans_.push_back(std::move(plan));
  }
  return Status::Ok();
}

std::string LogSource::partition_name(size_t partition) const {
  const LogReadPlan& plan = plans_[partition];
  return fmt::format("{}/{}", plan.topic, plan.partition);
}

Result<std::unique_ptr<PartitionReader>> LogSource::MakeReader(size_t partition) {
  return std::unique_ptr<PartitionReader>(new LogPartitionReader(plans_[partition]));
}

}  // namespace weir
