// What must hold after each life, and in the end.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/simulation/seed_run.h"

namespace weir::simulation {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Flat(const Lines& lines) {
  std::vector<std::string> rows;
  for (const auto& [lane, some] : lines) rows.insert(rows.end(), some.begin(), some.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// What of `rows` is not in `among`, as often as it is.
std::vector<std::string> Missing(std::vector<std::string> rows, std::vector<std::string> among) {
  std::sort(rows.begin(), rows.end());
  std::sort(among.begin(), among.end());
  std::vector<std::string> missing;
  std::set_difference(rows.begin(), rows.end(), among.begin(), among.end(),
                      std::back_inserter(missing));
  return missing;
}

std::string Some(const std::vector<std::string>& rows) {
  std::string text = fmt::format("{} rows, the first ", rows.size());
  return text + (rows.empty() ? "" : rows.front());
}

/// The inputs up to where a life began to read.
Inputs UpTo(const Inputs& inputs, const std::map<std::string, std::vector<uint64_t>>& begins) {
  Inputs prefix;
  for (const auto& [source, positions] : begins) {
    const SourceInput& all = inputs.at(source);
    for (size_t i = 0; i < positions.size(); ++i) {
      prefix[source].emplace_back(all[i].begin(),
                                  all[i].begin() + static_cast<ptrdiff_t>(positions[i]));
    }
  }
  return prefix;
}

}  // namespace

void SeedRun::CheckRestored(uint64_t epoch) {
  if (epoch < acknowledged_) {
    Problem(fmt::format("Prefix: commit {} was acknowledged, and the next start goes on from {}",
                        acknowledged_, epoch));
  }
  committed_.GoOnFrom(epoch);
  went_on_from_ = epoch;
  if (has_copy_ && !copy_epoch_) copy_epoch_ = epoch;
  CheckNoForesight();
}

void SeedRun::CheckNoForesight() {
  for (const auto& [sink, kind] : sinks_) {
    const auto foreign = Missing(seen_[sink], Flat(committed_.Of(sink)));
    if (foreign.empty()) continue;
    Problem(fmt::format("No foresight: sink {} had {} which are in no commit up to {}", sink,
                        Some(foreign), *went_on_from_));
  }
}

/// The books and the state of a commit are those of the rows up to its positions.
void SeedRun::CheckPrefix(uint64_t epoch) {
  std::map<std::string, std::vector<uint64_t>> begins;
  std::map<std::string, Entry> ledgers;
  std::vector<std::string> view;
  world_.trail->ForEach([&](const Entry& entry) {
    if (entry.tag == Tag::kPosition) begins[std::string(entry.x)].push_back(entry.b);
    if (entry.tag == Tag::kLedger) ledgers[std::string(entry.x)] = entry;
    if (entry.tag == Tag::kViewRow) view.emplace_back(entry.x);
  });
  const Inputs prefix = UpTo(inputs_, begins);
  for (const auto& [source, partitions] : prefix) {
    size_t records = 0;
    for (const auto& partition : partitions) records += partition.size();
    if (ledgers[source].a == records) continue;
    Problem(
        fmt::format("Conservation: commit {} has {} records of {} in its ledger and {} by its "
                    "positions",
                    epoch, ledgers[source].a, source, records));
  }
  if (pipeline_.expect_books) {
    const auto [node, rows] = pipeline_.expect_books(prefix);
    if (ledgers[node].b != rows) {
      Problem(fmt::format("Prefix: {} has let out {} rows at commit {}; by its positions it is {}",
                          node, ledgers[node].b, epoch, rows));
    }
  }
  if (!pipeline_.upserts) return;
  // Updates that the aggregate still combines are state too, so the view may be behind.
  Expectation model = pipeline_.expect(prefix);
  for (const std::string& row : view) {
    const auto json = nlohmann::json::parse(row, nullptr, false);
    const auto whole = nlohmann::json::parse(model["a"].last[json.value("k", "")], nullptr, false);
    if (whole.is_object() && json.value("n", 0) <= whole.value("n", 0)) continue;
    Problem(
        fmt::format("Prefix: the view of commit {} has {}, which is not of its rows", epoch, row));
  }
}

void SeedRun::CheckOutcome(const LifePlan& plan, const Outcome& outcome, bool is_last) {
  const bool disturbed = plan.disk.full_until > 0 || plan.disk.failing_sync_at > 0;
  const bool slow = plan.target.away_until > 0 ||
                    plan.target.failing + plan.target.unknown + plan.target.late > 0;
  trace_.push_back(fmt::format(
      "  {}{}, {} commits, {} operations on the disk{}",
      outcome.restored ? fmt::format("went on from commit {}, ", *outcome.restored) : "",
      outcome.fate == Fate::kKilled ? "killed"
      : outcome.message.empty()     ? "ended"
                                    : "failed",
      outcome.commits, world_.trail->operations(),
      outcome.message.empty() ? "" : ": " + outcome.message));
  if (outcome.fate == Fate::kBroken) return Problem(outcome.message);
  if (outcome.fate == Fate::kKilled) return;
  if (outcome.code == StatusCode::kOk) return;
  const bool was_told = plan.usurp_after > 0 && outcome.code == StatusCode::kFailedPrecondition;
  const bool gave_up = slow && outcome.code == StatusCode::kUnavailable;
  if (!is_last && (disturbed || was_told || gave_up)) return;
  Problem("it failed without a reason: " + outcome.message);
}

/// Starts that rule 6 must refuse: with nothing, and with what was the state long ago.
void SeedRun::StartFromWrongState() {
  std::error_code ignored;
  const std::string copy = world_.root + "/old";
  if (has_copy_ && copy_epoch_) {
    const bool is_behind = std::any_of(sinks_.begin(), sinks_.end(), [this](const auto& sink) {
      return seen_[sink.first].size() > committed_.CountUpTo(sink.first, *copy_epoch_);
    });
    if (is_behind && choices_.OneIn(3)) Probe("../old", "an older copy of the state");
  }
  const bool all_delivered = std::all_of(sinks_.begin(), sinks_.end(), [this](const auto& sink) {
    return !seen_[sink.first].empty();
  });
  if (all_delivered && choices_.OneIn(6)) Probe("../empty", "an empty state folder");
  if (!choices_.OneIn(3) || !fs::exists(root_ + "/state/state.json")) return;
  fs::remove_all(copy, ignored);
  fs::copy(root_ + "/state", copy, fs::copy_options::recursive, ignored);
  has_copy_ = true;
  copy_epoch_.reset();
}

void SeedRun::Probe(const std::string& state, const std::string& what) {
  LifePlan plan = ChooseLife(true);
  plan.only_starts = true;
  plan.state = state;
  const auto before = seen_;
  const Outcome outcome = RunOne(plan);
  trace_.push_back(fmt::format("life {}: a start with {}: {}", lives_ - 1, what,
                               outcome.message.empty() ? "went on" : outcome.message));
  std::error_code ignored;
  fs::remove_all(root_ + "/" + state, ignored);
  if (state == "../old") has_copy_ = false;
  copy_epoch_.reset();
  if (outcome.fate == Fate::kBroken) return Problem(outcome.message);
  if (outcome.code == StatusCode::kOk) {
    return Problem(fmt::format("Fencing: a start with {} passed silently", what));
  }
  if (outcome.code != StatusCode::kFailedPrecondition) {
    return Problem(fmt::format("Fencing: a start with {} failed with {}", what, outcome.message));
  }
  Look();
  if (seen_ != before) Problem("Fencing: a refused start changed what sinks hold");
}

/// Rows of `sink` that its error route got, as they were given to the sink.
std::vector<std::string> SeedRun::RefusedRows(const std::string& sink) const {
  std::vector<std::string> rows;
  for (const auto& [lane, lines] : outputs_.Read("r", SinkKind::kFile)) {
    for (const std::string& line : lines) {
      const auto json = nlohmann::ordered_json::parse(line, nullptr, false);
      if (!json.is_object() || json.value("sink", "") != sink) continue;
      const auto& row = json["row"];
      rows.push_back(row.is_string() ? row.get<std::string>() : row.dump());
    }
  }
  return rows;
}

void SeedRun::CheckEnd() {
  const Expectation expected = pipeline_.expect(inputs_);
  for (const auto& [sink, kind] : sinks_) {
    CheckOnce(sink, kind);
    CheckModel(expected, sink, kind);
  }
}

/// The sink holds what was frozen, each row once, in order within a lane.
void SeedRun::CheckOnce(const std::string& sink, SinkKind kind) {
  Lines frozen = committed_.Of(sink);
  const bool refusing = refuses_ && kind == SinkKind::kRemote;
  std::vector<std::string> refused;
  for (auto& [lane, rows] : frozen) {
    std::erase_if(rows, [&](const std::string& row) {
      if (!refusing || !RemoteTarget::Refuses(row)) return false;
      refused.push_back(row);
      return true;
    });
  }
  const Lines held = outputs_.Read(sink, kind);
  const auto too_few = Missing(Flat(frozen), Flat(held));
  const auto too_many = Missing(Flat(held), Flat(frozen));
  if (!too_few.empty() || !too_many.empty()) {
    return Problem(fmt::format("Once: sink {} lacks {}; has too many: {}", sink, Some(too_few),
                               Some(too_many)));
  }
  for (const auto& [lane, rows] : held) {
    if (Outputs::HasLanes(kind) && rows != frozen[lane]) {
      return Problem(
          fmt::format("Once: sink {}, lane {}: not in the order of the input", sink, lane));
    }
  }
  const auto routed = refusing ? RefusedRows(sink) : std::vector<std::string>();
  const auto lost = Missing(refused, routed);
  const auto doubled = Missing(routed, refused);
  if (lost.empty() && doubled.empty()) return;
  Problem(
      fmt::format("Conservation: of the refused rows of sink {} the error route lacks {}; has "
                  "too many: {}",
                  sink, Some(lost), Some(doubled)));
}

void SeedRun::CheckModel(const Expectation& expected, const std::string& sink, SinkKind kind) {
  const auto found = expected.find(sink);
  const ExpectedRows none;
  const ExpectedRows& rows = found == expected.end() ? none : found->second;
  if (pipeline_.upserts) {
    std::map<std::string, std::string> last;
    for (const std::string& row : committed_.InOrder(sink)) {
      const auto json = nlohmann::json::parse(row, nullptr, false);
      last[json.value("k", "")] = row;
    }
    if (last != rows.last) {
      Problem(
          fmt::format("Once: sink {} ends with other rows than the model: {} keys, {} by the "
                      "model",
                      sink, last.size(), rows.last.size()));
    }
    return;
  }
  std::vector<std::string> held = Flat(outputs_.Read(sink, kind));
  if (refuses_ && kind == SinkKind::kRemote) {
    const auto refused = RefusedRows(sink);
    held.insert(held.end(), refused.begin(), refused.end());
  }
  const std::vector<std::string> wanted(rows.rows.begin(), rows.rows.end());
  const auto too_few = Missing(wanted, held);
  const auto too_many = Missing(held, wanted);
  if (too_few.empty() && too_many.empty()) return;
  Problem(fmt::format("Prefix: sink {} differs from the model: lacks {}; has too many: {}", sink,
                      Some(too_few), Some(too_many)));
}

}  // namespace weir::simulation
