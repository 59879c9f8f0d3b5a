#include "runtime/connectors/file/part_units.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>

#include "runtime/base/durable_files.h"
#include "runtime/base/kill_point.h"
#include "runtime/base/log.h"
#include "runtime/connectors/file/byte_writer.h"
#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// First line of what a commit holds.
constexpr std::string_view kStateVersion = "part-units 1";

}  // namespace

std::optional<PartNumber> PartNumberOf(const std::string& name, const std::string& incarnation) {
  const std::string start = fmt::format("part-{}-", incarnation);
  if (!name.starts_with(start)) return std::nullopt;
  const char* end = name.data() + name.size();
  PartNumber part;
  const auto after_lane = std::from_chars(name.data() + start.size(), end, part.lane);
  if (after_lane.ec != std::errc() || after_lane.ptr == end) return std::nullopt;
  if (std::from_chars(after_lane.ptr + 1, end, part.number).ec != std::errc()) return std::nullopt;
  return part;
}

PartUnits::PartUnits(std::string folder, std::string incarnation)
    : folder_(std::move(folder)), incarnation_(std::move(incarnation)) {}

std::string PartUnits::Hidden(const std::string& name) const {
  return fmt::format("{}/.{}.tmp", folder_, name);
}

uint64_t PartUnits::NextUnit(uint32_t lane) const {
  const std::lock_guard lock(mutex_);
  const auto known = next_.find(lane);
  return known == next_.end() ? 0 : known->second;
}

/// Units that are frozen or delivered: one that is being written is nobody's yet.
std::map<uint32_t, uint64_t> PartUnits::NextUnits() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

bool PartUnits::HasFrozen(uint64_t epoch) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(frozen_.begin(), frozen_.end(),
                     [epoch](const auto& entry) { return entry.second.epoch <= epoch; });
}

std::vector<std::shared_ptr<PartFile>> PartUnits::Files() {
  const std::lock_guard lock(mutex_);
  std::erase_if(files_, [](const auto& file) { return file.expired(); });
  std::vector<std::shared_ptr<PartFile>> files;
  for (const auto& watched : files_) {
    if (auto file = watched.lock()) files.push_back(std::move(file));
  }
  return files;
}

void PartUnits::Watch(const std::shared_ptr<PartFile>& file) {
  const std::lock_guard lock(mutex_);
  std::erase_if(files_, [](const auto& known) { return known.expired(); });
  files_.push_back(file);
}

void PartUnits::NoteFull() {
  if (full_.exchange(true, std::memory_order_acq_rel)) return;
  LogLine(fmt::format("{}: the disk is full, reading pauses until there is room", folder_));
}

Status PartUnits::MakeRoom() {
  if (!full()) return Status::Ok();
  for (const auto& file : Files()) {
    const Status settled = file->Settle();
    if (settled.code() == StatusCode::kResourceExhausted) return Status::Ok();
    WEIR_TRY(settled);
  }
  if (full_.exchange(false, std::memory_order_acq_rel)) {
    LogLine(fmt::format("{}: there is room again", folder_));
  }
  return Status::Ok();
}

void PartUnits::Freeze(PartUnit unit) {
  const std::lock_guard lock(mutex_);
  uint64_t& next = next_[unit.lane];
  next = std::max(next, unit.number + 1);
  const std::pair key{unit.lane, unit.number};
  frozen_.insert_or_assign(key, std::move(unit));
}

Result<std::string> PartUnits::Prepare(uint64_t epoch, bool durable) {
  std::map<std::pair<uint32_t, uint64_t>, PartUnit> frozen;
  std::string state(kStateVersion);
  {
    const std::lock_guard lock(mutex_);
    frozen = frozen_;
    for (const auto& [lane, number] : next_) {
      fmt::format_to(std::back_inserter(state), "\nnext {} {}", lane, number);
    }
  }
  for (const auto& [key, unit] : frozen) {
    if (unit.epoch <= epoch && unit.file != nullptr) WEIR_TRY(unit.file->Settle());
  }
  if (!durable) return std::string();
  bool named = false;
  for (const auto& [key, unit] : frozen) {
    if (unit.epoch > epoch) continue;
    auto known = synced_.find(key);
    if (known == synced_.end() || known->second < unit.length) {
      WEIR_TRY(FsyncFile(Hidden(unit.name)));
      KillPoint::Pass("part-synced");
      named |= known == synced_.end();
      synced_[key] = unit.length;
    }
    fmt::format_to(std::back_inserter(state), "\n{} {} {} {} {} {}", unit.ended ? "ended" : "open",
                   unit.lane, unit.number, unit.length, unit.epoch, unit.name);
  }
  if (named) WEIR_TRY(FsyncFolder(folder_));
  return state;
}

bool PartUnits::HasDue(uint64_t epoch) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(frozen_.begin(), frozen_.end(), [epoch](const auto& frozen) {
    return frozen.second.ended && frozen.second.epoch <= epoch;
  });
}

Status PartUnits::Deliver(uint64_t epoch) {
  std::vector<std::pair<std::pair<uint32_t, uint64_t>, std::string>> due;
  {
    const std::lock_guard lock(mutex_);
    committed_ = epoch;
    for (const auto& [key, unit] : frozen_) {
      if (unit.ended && unit.epoch <= epoch) due.emplace_back(key, unit.name);
    }
  }
  for (const auto& [key, name] : due) {
    std::error_code error;
    fs::rename(Hidden(name), folder_ + "/" + name, error);
    if (error) return FileError("rename to", folder_ + "/" + name, error.value());
    KillPoint::Pass("part-renamed");
    synced_.erase(key);
    const std::lock_guard lock(mutex_);
    frozen_.erase(key);
  }
  if (due.empty()) return Status::Ok();
  WEIR_TRY(FsyncFolder(folder_));
  KillPoint::Pass("parts-renamed");
  return Status::Ok();
}

uint64_t PartUnits::Publishable() const {
  const std::lock_guard lock(mutex_);
  const bool any = std::any_of(frozen_.begin(), frozen_.end(), [this](const auto& frozen) {
    return frozen.second.epoch <= committed_;
  });
  return any ? committed_ : 0;
}

Status PartUnits::PublishCommitted() {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, unit] : frozen_) {
    if (unit.epoch <= committed_) WEIR_TRY(Publish(unit));
  }
  frozen_.clear();
  return FsyncFolder(folder_);
}

bool PartUnits::ListsUnits(std::string_view state) {
  return state.find("\nended ") != std::string_view::npos ||
         state.find("\nopen ") != std::string_view::npos;
}

Result<std::vector<PartUnit>> PartUnits::Parse(std::string_view state) {
  std::vector<PartUnit> units;
  if (state.empty()) return units;
  std::istringstream lines{std::string(state)};
  std::string line;
  std::getline(lines, line);
  if (line != kStateVersion) {
    return DataLossError("the state of the parts in {} begins with \"{}\", not \"{}\"", folder_,
                         line, kStateVersion);
  }
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string kind;
    PartUnit unit;
    words >> kind >> unit.lane >> unit.number;
    if (kind == "next") {
      next_[unit.lane] = unit.number;
    } else {
      words >> unit.length >> unit.epoch >> unit.name;
      unit.ended = kind == "ended";
      units.push_back(unit);
    }
    if (!words) return DataLossError("the state of the parts in {} is damaged: {}", folder_, line);
  }
  return units;
}

Status PartUnits::Publish(const PartUnit& unit) const {
  const std::string hidden = Hidden(unit.name);
  const std::string visible = folder_ + "/" + unit.name;
  std::error_code error;
  if (!fs::exists(hidden, error)) {
    // Renamed before the crash.
    if (fs::exists(visible, error)) return Status::Ok();
    return DataLossError(
        "{} is gone: the last checkpoint has {} bytes of it, and the folder has neither the part "
        "nor "
        "what it is made from. Put the folder back as it was, or go on without these rows by "
        "--accept-resend; with a new state folder and an empty target all is read and written "
        "again",
        visible, unit.length);
  }
  const auto size = static_cast<int64_t>(fs::file_size(hidden, error));
  if (error || size < unit.length) {
    return DataLossError("{} has {} bytes; the last checkpoint has {} of them", hidden, size,
                         unit.length);
  }
  if (size > unit.length) {
    if (::truncate(hidden.c_str(), unit.length) != 0) return FileError("cut", hidden, errno);
    WEIR_TRY(FsyncFile(hidden));
  }
  fs::rename(hidden, visible, error);
  return error ? FileError("rename to", visible, error.value()) : Status::Ok();
}

Status PartUnits::RemoveUnlisted() {
  const std::string start = fmt::format("part-{}-", incarnation_);
  std::error_code error;
  std::vector<fs::path> unlisted;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with("." + start)) unlisted.push_back(it->path());
    if (const auto part = PartNumberOf(name, incarnation_)) {
      next_[part->lane] = std::max(next_[part->lane], part->number + 1);
    }
  }
  if (error) return FileError("read folder", folder_, error.value());
  for (const fs::path& path : unlisted) fs::remove(path, error);
  return FsyncFolder(folder_);
}

Status PartUnits::Restore(std::string_view state, bool accept_loss) {
  WEIR_ASSIGN(const std::vector<PartUnit> units, Parse(state));
  for (const PartUnit& unit : units) {
    const Status published = Publish(unit);
    if (published.code() == StatusCode::kDataLoss && accept_loss) {
      LogLine(fmt::format("--accept-resend goes on without {} bytes of {}/{}, which are gone",
                          unit.length, folder_, unit.name));
      continue;
    }
    WEIR_TRY(published);
    KillPoint::Pass("restore-part-published");
  }
  WEIR_TRY(RemoveUnlisted());
  if (!units.empty()) KillPoint::Pass("restore-parts-published");
  return Status::Ok();
}

}  // namespace weir
