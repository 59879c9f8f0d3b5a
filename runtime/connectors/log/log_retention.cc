// Which part of a topic is no longer kept. The files go as a whole: a partition's start moves to
// the end of a segment once nothing below that is to be kept.
#include <algorithm>
#include <filesystem>

#include "runtime/connectors/log/log_topic.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

constexpr Micros kLookEvery = 5 * kMicrosPerSecond;

Micros LatestTime(const LogUnit& unit) {
  Micros latest = kMinTimestamp;
  for (const LogExtent& extent : unit.extents) latest = std::max(latest, extent.max_time);
  return latest;
}

}  // namespace

Status LogTopic::Maintain(Micros now) {
  const std::lock_guard lock(mutex_);
  if (!settings_.retain_time && !settings_.retain_bytes) return Status::Ok();
  if (now < next_look_) return Status::Ok();
  next_look_ = now + kLookEvery;
  WEIR_ASSIGN(const bool moved, MoveStarts(now));
  return moved ? DeleteOld() : Status::Ok();
}

Result<bool> LogTopic::MoveStarts(Micros now) {
  while (true) {
    if (!oldest_unit_) {
      WEIR_ASSIGN(std::optional<JournalRecord> record, oldest_->Next());
      if (!record) break;
      if (record->type == JournalType::kCommit) oldest_unit_ = std::move(record->unit);
      continue;
    }
    const bool too_old =
        settings_.retain_time && LatestTime(*oldest_unit_) < now - *settings_.retain_time;
    const bool too_much = settings_.retain_bytes && live_bytes_ > *settings_.retain_bytes;
    if (!too_old && !too_much) break;
    for (const LogExtent& extent : oldest_unit_->extents) {
      int64_t& droppable = droppable_[extent.partition];
      // Commits before the present start were taken off when the topic was opened.
      if (extent.end_offset() <= droppable) continue;
      droppable = extent.end_offset();
      live_bytes_ -= extent.end - extent.begin;
    }
    oldest_unit_.reset();
  }
  JournalRecord record;
  record.type = JournalType::kRetain;
  record.bounds = state_.bounds;
  bool moved = false;
  for (const auto& [key, use] : state_.segments) {
    PartitionBounds& bounds = record.bounds[key.first];
    const bool closed = !taken_.contains(key);
    if (!closed || use.end_offset > droppable_[key.first] || use.end_offset <= bounds.start) {
      continue;
    }
    bounds.start = use.end_offset;
    moved = true;
  }
  if (!moved) return false;
  Written written;
  WEIR_TRY(AppendToJournal(record, written));
  // Before journal files go: the head must name one that stays.
  WEIR_TRY(Secure(written));
  return true;
}

Status LogTopic::DeleteOld() {
  std::error_code error;
  const auto gone = [this](const TopicState::SegmentKey& key, const SegmentUse& use) {
    return !taken_.contains(key) && use.end_offset <= state_.bounds[key.first].start;
  };
  std::erase_if(free_, [&](const auto& segment) {
    const auto found = state_.segments.find({segment->partition, segment->number});
    return found != state_.segments.end() && gone(found->first, found->second);
  });
  for (auto it = state_.segments.begin(); it != state_.segments.end();) {
    if (!gone(it->first, it->second)) {
      ++it;
      continue;
    }
    std::filesystem::remove(SegmentPath(folder_, it->first.first, it->first.second), error);
    it = state_.segments.erase(it);
  }
  // A journal file whose every commit is below the starts is told by the start of the next one.
  while (state_.journals.size() > 1) {
    const auto first = state_.journals.begin();
    const std::vector<int64_t>& next = std::next(first)->second;
    bool needed = oldest_->number() <= first->first;
    for (uint32_t i = 0; i < num_partitions_; ++i) needed |= next[i] > state_.bounds[i].start;
    if (needed) break;
    std::filesystem::remove(JournalPath(folder_, first->first), error);
    state_.journals.erase(first);
  }
  return Status::Ok();
}

}  // namespace weir
