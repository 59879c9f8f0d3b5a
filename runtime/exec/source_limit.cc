// SourceTask: reading up to marked positions and no further (--mute-until-mark).
#include <algorithm>

#include "runtime/exec/source_task.h"

namespace weir {

void SourceTask::Limit(const SourcePositions* positions) {
  for (SourcePartition& partition : partitions_) {
    partition.limit = nullptr;
    partition.at_limit = false;
    if (positions == nullptr || partition.ended) continue;
    const Status status = SetLimit(partition, *positions);
    if (!status.ok()) return context_->Fail(status, node_.source);
  }
  if (positions == nullptr) return;
  // What the mark knows and the source has lost cannot be read again.
  for (const auto& [key, place] : positions->places()) {
    if (key.first != node_.name || place.position.empty()) continue;
    bool found = false;
    for (size_t i = 0; i < connector_->num_partitions(); ++i) {
      found |= connector_->partition_name(i) == key.second;
    }
    if (found) continue;
    return context_->Fail(
        FailedPreconditionError("partition {}, which the targets' marks name, is not there: what "
                                "they hold of it cannot be read again; --accept-resend goes on "
                                "regardless",
                                key.second),
        node_.source);
  }
}

bool SourceTask::AtLimit() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [](const SourcePartition& partition) {
    return partition.ended || partition.at_limit;
  });
}

Status SourceTask::SetLimit(SourcePartition& partition, const SourcePositions& positions) {
  partition.limit = positions.Find(node_.name, partition.name);
  if (partition.limit == nullptr) {
    // It came later: the run that wrote the marks had read nothing of it.
    partition.at_limit = true;
    return Status::Ok();
  }
  WEIR_ASSIGN(partition.limit_offset, partition.reader->OffsetBefore(partition.limit->position));
  int64_t now_at = partition.last_offset;
  if (now_at < 0) {
    WEIR_ASSIGN(now_at, partition.reader->OffsetBefore(partition.resume_from));
  }
  if (now_at > partition.limit_offset) {
    return FailedPreconditionError(
        "partition {} begins at {}, behind the position {} that the targets' marks name: the rows "
        "between cannot be read again (start: \"earliest\"?); --accept-resend goes on regardless",
        partition.name, partition.Position(), partition.limit->position);
  }
  return now_at == partition.limit_offset ? ReachLimit(partition, false) : Status::Ok();
}

Status SourceTask::ReachLimit(SourcePartition& partition, bool cut) {
  partition.at_limit = true;
  if (cut) {
    // The reader is ahead by what was not handed on.
    WEIR_ASSIGN(partition.reader, connector_->MakeReader(partition.index));
    WEIR_TRY(partition.reader->Open(partition.limit->position));
    partition.resume_from = partition.limit->position;
    partition.last_offset = -1;
  }
  if (partition.limit->ended) EndPartition(partition);
  return Status::Ok();
}

}  // namespace weir
