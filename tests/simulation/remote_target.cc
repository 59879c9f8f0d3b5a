#include "tests/simulation/remote_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "runtime/base/hash.h"

namespace weir::simulation {
namespace {

/// Part of an entry: a request that was not answered and may yet be done.
constexpr uint64_t kOnItsWay = 1;

}  // namespace

std::string RemoteUnit::Encode() const {
  std::string text = fmt::format("{}\n{}\n{}\n{}\n{}", sink, owner, incarnation, name, epoch);
  for (const std::string& row : rows) text += "\n" + row;
  return text;
}

RemoteUnit RemoteUnit::Decode(std::string_view text) {
  RemoteUnit unit;
  std::istringstream lines{std::string(text)};
  std::string line;
  std::getline(lines, unit.sink);
  std::getline(lines, unit.owner);
  std::getline(lines, unit.incarnation);
  std::getline(lines, unit.name);
  std::getline(lines, line);
  unit.epoch = std::stoull(line);
  while (std::getline(lines, line)) unit.rows.push_back(line);
  return unit;
}

bool RemoteTarget::Refuses(const std::string& row) {
  return HashBytes(row.data(), row.size()) % 11 == 3;
}

void RemoteTarget::Begin(const TargetPlan& plan, BrokenRule broken, const Clock* clock,
                         Trail* trail) {
  plan_ = plan;
  broken_ = broken;
  clock_ = clock;
  trail_ = trail;
  choices_ = Choices(plan.seed);
}

bool RemoteTarget::IsAway() const {
  return clock_->Now() >= plan_.away_from && clock_->Now() < plan_.away_until;
}

Status RemoteTarget::DoClaim(const std::string& sink, const std::string& owner) {
  tables_[sink].owner = owner;
  if (trail_ != nullptr) trail_->Append({Tag::kClaim, 0, 0, 0, sink, owner});
  return Status::Ok();
}

Status RemoteTarget::Claim(const std::string& sink, const std::string& owner) {
  DoLate(false);
  return DoClaim(sink, owner);
}

void RemoteTarget::Usurp(const std::string& sink) { (void)DoClaim(sink, "another start"); }

Result<std::optional<SinkMark>> RemoteTarget::Mark(const std::string& sink) {
  return tables_[sink].mark;
}

Status RemoteTarget::Do(const RemoteUnit& unit) {
  Table& table = tables_[unit.sink];
  if (table.owner != unit.owner) {
    if (broken_ != BrokenRule::kRule7) {
      return FailedPreconditionError("table {}: the owner is {} now, not {}", unit.sink,
                                     table.owner, unit.owner);
    }
    problem_ = fmt::format("Fencing: {} wrote {} although {} had claimed the table", unit.owner,
                           unit.name, table.owner);
  }
  if (trail_ != nullptr) trail_->Append({Tag::kInsert, 0, 0, 0, unit.sink, unit.Encode()});
  // Lanes deliver each in an order of their own: the mark is the furthest of them.
  const bool same = table.mark && table.mark->incarnation == unit.incarnation;
  table.mark = SinkMark{unit.incarnation, std::max(unit.epoch, same ? table.mark->epoch : 0)};
  const auto [known, is_new] = table.units.try_emplace(unit.name, unit.rows);
  if (!is_new) {
    if (known->second != unit.rows) {
      problem_ = fmt::format("Once: unit {} came again with other rows", unit.name);
    }
    return Status::Ok();
  }
  std::vector<std::string>& taken = table.taken[unit.name];
  for (const std::string& row : unit.rows) {
    if (!plan_.refuses || !Refuses(row)) taken.push_back(row);
  }
  return Status::Ok();
}

/// What was sent long ago arrives.
void RemoteTarget::DoLate(bool all) {
  for (auto it = on_their_way_.begin(); it != on_their_way_.end();) {
    if (!all && !choices_.OneIn(3)) {
      ++it;
      continue;
    }
    const RemoteUnit unit = std::move(*it);
    it = on_their_way_.erase(it);
    (void)Do(unit);
  }
}

Status RemoteTarget::Insert(const RemoteUnit& unit, std::vector<size_t>& refused) {
  DoLate(false);
  if (IsAway()) return UnavailableError("no answer");
  const int64_t luck = choices_.Between(0, 999);
  if (luck < plan_.failing) return UnavailableError("busy");
  if (luck < plan_.failing + plan_.late) {
    on_their_way_.push_back(unit);
    trail_->Append({Tag::kInsert, kOnItsWay, 0, 0, unit.sink, unit.Encode()});
    return UnavailableError("timed out");
  }
  WEIR_TRY(Do(unit));
  if (luck < plan_.failing + plan_.late + plan_.unknown) return UnavailableError("timed out");
  for (size_t i = 0; plan_.refuses && i < unit.rows.size(); ++i) {
    if (Refuses(unit.rows[i])) refused.push_back(i);
  }
  return Status::Ok();
}

void RemoteTarget::Apply(const Trail& trail, Choices& choices) {
  trail_ = nullptr;
  trail.ForEach([this](const Entry& entry) {
    if (entry.tag == Tag::kClaim) (void)DoClaim(std::string(entry.x), std::string(entry.y));
    if (entry.tag != Tag::kInsert) return;
    const RemoteUnit unit = RemoteUnit::Decode(entry.y);
    if (entry.a == kOnItsWay) {
      on_their_way_.push_back(unit);
      return;
    }
    std::erase_if(on_their_way_, [&](const RemoteUnit& other) {
      return other.name == unit.name && other.owner == unit.owner;
    });
    (void)Do(unit);
  });
  if (choices.OneIn(2)) DoLate(choices.OneIn(2));
}

}  // namespace weir::simulation
