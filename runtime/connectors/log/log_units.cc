#include "runtime/connectors/log/log_units.h"

#include <fmt/format.h>

#include <sstream>
#include <vector>

#include "runtime/base/kill_point.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

/// First line of what a commit holds; `LANE NUMBER` follows per unit.
constexpr std::string_view kStateVersion = "log-units 1";

}  // namespace

int64_t RowsOf(const LogUnit& unit) {
  int64_t rows = 0;
  for (const LogExtent& extent : unit.extents) rows += extent.records;
  return rows;
}

void LogUnits::Freeze(LogUnit unit, uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  frozen_.push_back({std::move(unit), epoch, false});
}

Status LogUnits::SyncSegments(const LogUnit& unit) const {
  if (!topic_->sync()) return Status::Ok();
  for (const LogExtent& extent : unit.extents) {
    const std::string path = SegmentPath(topic_->folder(), extent.partition, extent.file);
    WEIR_ASSIGN(const LogFile file, LogFile::OpenToWrite(path));
    WEIR_TRY(file.Sync());
  }
  return Status::Ok();
}

Result<std::string> LogUnits::Prepare(uint64_t epoch) {
  std::vector<LogUnit> units;
  std::string state(kStateVersion);
  {
    const std::lock_guard lock(mutex_);
    for (const Frozen& frozen : frozen_) {
      if (frozen.epoch > epoch) continue;
      fmt::format_to(std::back_inserter(state), "\n{} {}", frozen.unit.lane, frozen.unit.number);
      if (!frozen.prepared) units.push_back(frozen.unit);
    }
  }
  for (const LogUnit& unit : units) WEIR_TRY(SyncSegments(unit));
  if (!units.empty()) KillPoint::Pass("log-synced");
  if (resumable_) WEIR_TRY(topic_->Prepare(units));
  if (!units.empty()) KillPoint::Pass("log-prepared");
  const std::lock_guard lock(mutex_);
  for (Frozen& frozen : frozen_) {
    for (const LogUnit& unit : units) {
      frozen.prepared |= unit.lane == frozen.unit.lane && unit.number == frozen.unit.number;
    }
  }
  return state;
}

Status LogUnits::Deliver(uint64_t epoch) {
  std::vector<LogUnit> units;
  {
    const std::lock_guard lock(mutex_);
    for (const Frozen& frozen : frozen_) {
      if (frozen.epoch <= epoch) units.push_back(frozen.unit);
    }
  }
  if (units.empty()) return Status::Ok();
  // The note is the mark: in the same entry as what it tells of.
  for (LogUnit& unit : units) unit.note = resumable_ ? std::to_string(epoch) : "";
  WEIR_TRY(topic_->Commit(units));
  KillPoint::Pass("log-committed");
  const std::lock_guard lock(mutex_);
  for (const LogUnit& unit : units) delivered_[unit.lane] = unit.number;
  std::erase_if(frozen_, [this](const Frozen& frozen) {
    const auto delivered = delivered_.find(frozen.unit.lane);
    return delivered != delivered_.end() && frozen.unit.number <= delivered->second;
  });
  return Status::Ok();
}

Status LogUnits::Restore(uint64_t epoch, std::string_view state) {
  if (state.empty()) return Status::Ok();
  std::istringstream lines{std::string(state)};
  std::string line;
  std::getline(lines, line);
  bool good = line == kStateVersion;
  while (good && std::getline(lines, line)) {
    const size_t space = line.rfind(' ');
    good = space != std::string::npos;
    if (!good) break;
    WEIR_TRY(topic_->CommitPrepared(line.substr(0, space), std::stoull(line.substr(space + 1)),
                                    std::to_string(epoch)));
    KillPoint::Pass("restore-log-committed");
  }
  if (good) return Status::Ok();
  return DataLossError("the state of the units in {} is damaged: {}", topic_->folder(), line);
}

int64_t LogUnits::UndeliveredRows(const std::string& lane) const {
  const std::lock_guard lock(mutex_);
  int64_t rows = 0;
  for (const Frozen& frozen : frozen_) {
    if (frozen.unit.lane == lane) rows += RowsOf(frozen.unit);
  }
  return rows;
}

uint64_t LogUnits::Delivered(const std::string& lane) const {
  const std::lock_guard lock(mutex_);
  const auto known = delivered_.find(lane);
  return known == delivered_.end() ? 0 : known->second;
}

}  // namespace weir
