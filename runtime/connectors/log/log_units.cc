#include "runtime/connectors/log/log_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "runtime/base/kill_point.h"
#include "runtime/base/log.h"
#include "runtime/base/take_number.h"

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

std::string LogNote::ToText() const {
  return positions.empty() ? std::to_string(epoch) : fmt::format("{} {}", epoch, positions);
}

std::optional<LogNote> LogNote::FromText(std::string_view text) {
  LogNote note;
  if (!TakeNumber(text, note.epoch)) return std::nullopt;
  if (text.empty()) return note;
  if (!text.starts_with(' ')) return std::nullopt;
  note.positions = text.substr(1);
  return note;
}

void LogUnits::NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) {
  positions_ = std::move(positions);
  positions_epoch_ = epoch;
}

std::string LogUnits::Note(uint64_t epoch, bool last) const {
  if (!resumable_) return "";
  const bool known = last && positions_ != nullptr && positions_epoch_ == epoch;
  return LogNote{epoch, known ? *positions_ : ""}.ToText();
}

void LogUnits::Freeze(WrittenUnit written, uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  frozen_.push_back({std::move(written.unit), std::move(written.files), epoch, false});
}

void LogUnits::NoteFull(const std::shared_ptr<SegmentFile>& file) {
  const std::lock_guard lock(mutex_);
  if (std::find(held_.begin(), held_.end(), file) == held_.end()) held_.push_back(file);
  if (full_.exchange(true, std::memory_order_acq_rel)) return;
  LogLine(
      fmt::format("{}: the disk is full, reading pauses until there is room", topic_->folder()));
}

Status LogUnits::MakeRoom() {
  if (!full()) return Status::Ok();
  const std::lock_guard lock(mutex_);
  for (const auto& file : held_) {
    const Status settled = file->Settle();
    if (settled.code() == StatusCode::kResourceExhausted) return Status::Ok();
    WEIR_TRY(settled);
  }
  held_.clear();
  if (full_.exchange(false, std::memory_order_acq_rel)) {
    LogLine(fmt::format("{}: there is room again", topic_->folder()));
  }
  return Status::Ok();
}

Status LogUnits::SyncSegments(const std::vector<std::shared_ptr<SegmentFile>>& files) const {
  for (const auto& file : files) {
    WEIR_TRY(file->Settle());
    if (topic_->sync()) WEIR_TRY(file->Sync());
  }
  return Status::Ok();
}

Result<std::string> LogUnits::Prepare(uint64_t epoch) {
  std::vector<LogUnit> units;
  std::vector<std::shared_ptr<SegmentFile>> files;
  std::string state(kStateVersion);
  {
    const std::lock_guard lock(mutex_);
    for (const Frozen& frozen : frozen_) {
      if (frozen.epoch > epoch) continue;
      fmt::format_to(std::back_inserter(state), "\n{} {}", frozen.unit.lane, frozen.unit.number);
      if (frozen.prepared) continue;
      units.push_back(frozen.unit);
      files.insert(files.end(), frozen.files.begin(), frozen.files.end());
    }
  }
  WEIR_TRY(SyncSegments(files));
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
  for (LogUnit& unit : units) unit.note = Note(epoch, &unit == &units.back());
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

Status LogUnits::Restore(uint64_t epoch, std::string_view state, bool accept_loss) {
  if (state.empty()) return Status::Ok();
  std::istringstream lines{std::string(state)};
  std::string line;
  std::getline(lines, line);
  bool good = line == kStateVersion;
  bool more = good && std::getline(lines, line);
  while (more) {
    const size_t space = line.rfind(' ');
    good = space != std::string::npos;
    if (!good) break;
    const std::string unit = std::exchange(line, "");
    more = static_cast<bool>(std::getline(lines, line));
    const Status committed = topic_->CommitPrepared(
        unit.substr(0, space), std::stoull(unit.substr(space + 1)), Note(epoch, !more));
    if (committed.code() == StatusCode::kDataLoss && accept_loss) {
      LogLine(fmt::format("--accept-resend goes on without unit {}, which is gone: {}", unit,
                          committed.message()));
      continue;
    }
    WEIR_TRY(committed);
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
