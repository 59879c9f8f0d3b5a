#include "compiler/flowc/live_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/flowc/fair_shares.h"
#include "compiler/flowc/ledger_table.h"
#include "compiler/flowc/terminal.h"
#include "runtime/types/text.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

constexpr Micros kScreenPause = 250'000;
constexpr Micros kLinePause = 2'000'000;
constexpr size_t kShownRows = 6;

std::string DelayText(const SourceStatus& source, Micros now) {
  if (source.ended) return "ended";
  if (source.watermark == kMinTimestamp) return source.idle ? "idle" : "no watermark yet";
  if (source.watermark == kMaxTimestamp) return "ended";
  std::string text;
  AppendDuration((now - source.watermark) / 1000 * 1000, text);
  return "watermark delay " + text + (source.idle ? ", idle" : "");
}

std::string CellText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// JSON objects as aligned columns with a head.
std::vector<std::string> Table(const std::vector<std::string>& rows, int width) {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> cells;
  for (const std::string& row : rows) {
    const Json json = Json::parse(row, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) continue;
    std::vector<std::string> line(names.size());
    for (const auto& [key, value] : json.items()) {
      const auto at = std::find(names.begin(), names.end(), key);
      const auto column = static_cast<size_t>(at - names.begin());
      if (at == names.end()) {
        names.push_back(key);
        line.resize(names.size());
      }
      line[column] = Clip(CellText(value), 36);
    }
    cells.push_back(std::move(line));
  }
  std::vector<size_t> widths;
  for (size_t i = 0; i < names.size(); ++i) {
    widths.push_back(names[i].size());
    for (auto& line : cells) {
      line.resize(names.size());
      widths[i] = std::max(widths[i], line[i].size());
    }
  }
  std::vector<std::string> lines;
  cells.insert(cells.begin(), names);
  for (const auto& line : cells) {
    std::string text = " ";
    for (size_t i = 0; i < line.size(); ++i) text += fmt::format(" {:<{}}", line[i], widths[i]);
    lines.push_back(Clip(text, width));
  }
  if (names.empty()) lines.clear();
  return lines;
}

}  // namespace

LiveView::LiveView(Mode mode, const LiveTaps* taps) : mode_(mode), taps_(taps) {}

LiveView::~LiveView() { Finish(); }

void LiveView::Update(Job& job) {
  if (mode_ == Mode::kNone) return;
  const Micros now = job.clock().Now();
  if (now < next_) return;
  next_ = now + (mode_ == Mode::kScreen ? kScreenPause : kLinePause);
  if (mode_ == Mode::kScreen) {
    DrawScreen(job, now);
  } else {
    PrintLine(job, now);
  }
}

int64_t LiveView::Observe(Job& job, Micros now) {
  ledgers_ = job.LiveLedgers();
  int64_t records = 0;
  for (const NamedLedger& named : ledgers_) records += named.ledger.records_read;
  rate_.Observe(now, records);
  return records;
}

std::vector<std::string> LiveView::SourceLines(Job& job, Micros now) const {
  std::vector<std::string> lines;
  for (const SourceStatus& source : job.LiveSources()) {
    lines.push_back(fmt::format("  {:<24} {}", source.name, DelayText(source, now)));
  }
  return lines;
}

void LiveView::AddViews(Job& job, int width, std::vector<std::string>& lines) const {
  for (const std::string& view : job.view_names()) {
    const std::shared_ptr<ViewRows> rows = job.view_rows(view);
    std::vector<std::string> newest;
    rows->ForEach([&newest](std::string_view json) { newest.emplace_back(json); });
    // Keys come first in a row and usually begin with a date: the greatest are the newest.
    std::sort(newest.rbegin(), newest.rend());
    if (newest.size() > kShownRows) newest.resize(kShownRows);
    if (newest.empty()) continue;
    lines.push_back("");
    lines.push_back(fmt::format("{} ({} rows)", view, Grouped(static_cast<int64_t>(rows->size()))));
    for (std::string& line : Table(newest, width)) lines.push_back(std::move(line));
  }
}

void LiveView::AddStreams(int width, std::vector<std::string>& lines) const {
  for (const std::string& stream : taps_->streams()) {
    const std::vector<std::string> rows = taps_->LastRows(stream, kShownRows);
    if (rows.empty()) continue;
    lines.push_back("");
    lines.push_back(fmt::format("last of {}", stream));
    for (std::string& line : Table(rows, width)) lines.push_back(std::move(line));
  }
}

void LiveView::DrawScreen(Job& job, Micros now) {
  const int64_t records = Observe(job, now);
  const int width = TerminalWidth();
  const auto height = static_cast<size_t>(std::max(10, TerminalHeight()));
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}   {} rows/s   {} read   {} checkpoints   Ctrl-C drains and ends",
                              job.plan().logical->settings.name,
                              Grouped(static_cast<int64_t>(rate_.PerSecond())), Grouped(records),
                              job.coordinator().committed()));
  for (std::string& line : SourceLines(job, now)) lines.push_back(std::move(line));
  // Each section starts with an empty line. The ledger counts twice.
  std::vector<std::string> commands, dead, streams, views;
  if (!commands_.empty()) commands = {"", "in another terminal, in this folder"};
  for (const std::string& command : commands_) commands.push_back("  " + command);
  for (std::string& line : DeadLetterLines(ledgers_, width, kShownRows)) {
    if (dead.empty()) dead = {"", "dead letters by reason"};
    dead.push_back(std::move(line));
  }
  AddStreams(width, streams);
  AddViews(job, width, views);
  const size_t whole_ledger = LedgerLines(ledgers_, width, 0).size() + 1;
  const size_t room = height > lines.size() + 1 ? height - 1 - lines.size() : 1;
  const std::vector<size_t> shares =
      FairShares({whole_ledger / 2, whole_ledger - whole_ledger / 2, commands.size(), dead.size(),
                  streams.size(), views.size()},
                 room);
  lines.push_back("");
  const size_t for_ledger = shares[0] + shares[1];
  for (std::string& line : LedgerLines(ledgers_, width, for_ledger > 3 ? for_ledger - 3 : 1)) {
    lines.push_back(std::move(line));
  }
  size_t share = 2;
  for (std::vector<std::string>* section : {&commands, &dead, &streams, &views}) {
    section->resize(shares[share++]);
    // A head without a row says nothing.
    if (section->size() > 2) lines.insert(lines.end(), section->begin(), section->end());
  }
  if (lines.size() > height - 1) lines.resize(height - 1);

  std::string frame = drawn_lines_ == 0 ? "\x1b[?1049h\x1b[?25l" : "";
  frame += "\x1b[H";
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string text = Clip(lines[i], width);
    const bool head = i == 0;
    frame += (head ? "\x1b[1m" : "") + text + (head ? "\x1b[0m" : "") + "\x1b[K\n";
  }
  frame += "\x1b[J";
  drawn_lines_ = lines.size();
  Print(frame);
}

void LiveView::PrintLine(Job& job, Micros now) {
  for (const std::string& command : commands_) Log("try: " + command);
  commands_.clear();  // once is enough among lines
  const int64_t records = Observe(job, now);
  int64_t dead = 0;
  for (const NamedLedger& named : ledgers_) dead += named.ledger.TotalDeadLettered();
  std::string delays;
  for (const SourceStatus& source : job.LiveSources()) {
    delays += fmt::format("; {}: {}", source.name, DelayText(source, now));
  }
  Log(fmt::format("{} rows/s, {} read, {} dead letters{}",
                  Grouped(static_cast<int64_t>(rate_.PerSecond())), Grouped(records), Grouped(dead),
                  delays));
  if (taps_ == nullptr) return;
  for (const std::string& stream : taps_->streams()) {
    for (const std::string& row : taps_->LastRows(stream, 1)) Log("  " + stream + ": " + row);
  }
}

void LiveView::Finish() {
  if (mode_ != Mode::kScreen || drawn_lines_ == 0) return;
  drawn_lines_ = 0;
  Print("\x1b[?25h\x1b[?1049l");
}

}  // namespace weir::flowc
