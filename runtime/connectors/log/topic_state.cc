#include "runtime/connectors/log/topic_state.h"

#include <algorithm>

#include "runtime/connectors/log/topic_head.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

/// Lanes of former runs are remembered so long.
constexpr size_t kMostMarks = 1024;

bool SameUnit(const LogUnit& a, const LogUnit& b) {
  return a.number == b.number && a.lane == b.lane;
}

/// `met`: whether the entry that the head names was read, with its sum.
Status CheckHead(const std::string& folder, const HeadMark& head, const TopicState& state,
                 const JournalCursor& cursor, bool met) {
  const bool newer_only = !state.journals.empty() && state.journals.begin()->first > head.journal;
  if (state.topic_id == head.topic_id && (met || newer_only) && state.Records() >= head.records) {
    return Status::Ok();
  }
  const HeadMark end{state.topic_id, cursor.number(), cursor.position(), 0, state.Records()};
  const std::string what =
      end.IsBehind(head)
          ? fmt::format(
                "ends at byte {}, but {} had {} bytes when they were delivered: {} records "
                "of the topic are lost with its end",
                end.position, JournalPath(folder, head.journal), head.position,
                head.records - end.records)
          : std::string("is not the file that was written here");
  return DataLossError(
      "{} {} (the topic's head, {}, tells); restore the journal from a copy; to do without these "
      "records delete {}: their bytes, which no entry names, are then set aside by the next writer",
      JournalPath(folder, end.journal), what, TopicHead::Path(folder), TopicHead::Path(folder));
}

}  // namespace

int64_t TopicState::Records() const {
  int64_t records = 0;
  for (const PartitionBounds& one : bounds) records += one.next;
  return records;
}

void TopicState::Mark(const LogUnit& unit) {
  std::erase_if(marks, [&unit](const LaneMark& mark) { return mark.lane == unit.lane; });
  if (marks.size() == kMostMarks) marks.erase(marks.begin());
  marks.push_back({unit.lane, unit.number, unit.note});
}

Status TopicState::ApplyStart(const JournalRecord& record, uint64_t number) {
  if (record.bounds.empty()) return DataLossError("a topic without partitions");
  if (topic_id.empty()) {
    topic_id = record.topic_id;
    bounds = record.bounds;
    marks = record.marks;
  } else if (topic_id != record.topic_id || bounds.size() != record.bounds.size()) {
    return DataLossError("it belongs to another topic");
  }
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (bounds[i].next == record.bounds[i].next) continue;
    return DataLossError("offset {} of partition {} comes next, but the file before it ends at {}",
                         record.bounds[i].next, i, bounds[i].next);
  }
  std::vector<int64_t> next;
  for (const PartitionBounds& one : record.bounds) next.push_back(one.next);
  journals[number] = std::move(next);
  return Status::Ok();
}

Status TopicState::ApplyCommit(const LogUnit& unit) {
  for (const LogExtent& extent : unit.extents) {
    if (extent.partition >= bounds.size()) return DataLossError("a partition that does not exist");
    PartitionBounds& partition = bounds[extent.partition];
    if (extent.base_offset != partition.next) {
      return DataLossError("offset {} of partition {} where {} comes next", extent.base_offset,
                           extent.partition, partition.next);
    }
    partition.next = extent.end_offset();
    SegmentUse& use = segments[{extent.partition, extent.file}];
    if (use.records == 0) use.min_time = extent.min_time;
    use.bytes = extent.end;
    use.records += extent.records;
    use.end_offset = extent.end_offset();
    use.min_time = std::min(use.min_time, extent.min_time);
    use.max_time = std::max(use.max_time, extent.max_time);
  }
  Mark(unit);
  return Status::Ok();
}

Status TopicState::Apply(const JournalRecord& record, uint64_t number) {
  if (record.type == JournalType::kStart) return ApplyStart(record, number);
  if (topic_id.empty()) return DataLossError("the journal does not begin with a start record");
  switch (record.type) {
    case JournalType::kPrepare: prepared.push_back(record.unit); break;
    case JournalType::kCommit:
    case JournalType::kAbort:
      std::erase_if(prepared,
                    [&record](const LogUnit& unit) { return SameUnit(unit, record.unit); });
      if (record.type == JournalType::kCommit) return ApplyCommit(record.unit);
      break;
    case JournalType::kRetain:
      for (size_t i = 0; i < bounds.size() && i < record.bounds.size(); ++i) {
        bounds[i].start = std::max(bounds[i].start, record.bounds[i].start);
      }
      break;
    case JournalType::kStart: break;
  }
  return Status::Ok();
}

Result<TopicState> ReadTopicState(const std::string& folder, JournalCursor& cursor) {
  // Before the journal: it may go on meanwhile.
  WEIR_ASSIGN(const std::optional<HeadMark> head, TopicHead::Read(folder));
  TopicState state;
  bool met = false;
  while (true) {
    const int64_t at = cursor.position();
    WEIR_ASSIGN(const std::optional<JournalRecord> record, cursor.Next());
    if (!record) break;
    met |= head && cursor.number() == head->journal && cursor.position() == head->position &&
           cursor.body_sum() == head->sum;
    const Status applied = state.Apply(*record, cursor.number());
    if (!applied.ok()) {
      return DataLossError("{}: record at byte {}: {}: restore the topic's files from a copy",
                           JournalPath(folder, cursor.number()), at, applied.message());
    }
  }
  if (state.topic_id.empty()) {
    return DataLossError("{}: the journal is empty: restore the topic's files from a copy",
                         JournalPath(folder, cursor.number()));
  }
  if (head) WEIR_TRY(CheckHead(folder, *head, state, cursor, met));
  state.guarded = head.has_value();
  return state;
}

}  // namespace weir
