#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/connector/sink_connector.h"
#include "tests/simulation/broken_rule.h"
#include "tests/simulation/choices.h"
#include "tests/simulation/trail.h"

namespace weir::simulation {

/// How a target treats one life. In a thousand requests.
struct TargetPlan {
  int64_t failing = 0;  ///< refused before they do anything
  int64_t unknown = 0;  ///< done, and the answer is lost
  int64_t late = 0;     ///< not answered, and done some requests later, or in a later life
  Micros away_from = 0, away_until = 0;  ///< clock times between which nothing is answered
  bool refuses = false;                  ///< some rows, for good
  uint64_t seed = 1;
};

/// A unit as it is sent.
struct RemoteUnit {
  std::string sink, owner, incarnation, name;
  uint64_t epoch = 0;
  std::vector<std::string> rows;

  std::string Encode() const;
  static RemoteUnit Decode(std::string_view text);
};

/// A server of tables: a mark and an owner per table, changed with the rows or not at all; units
/// are recognised by their names. What it does is noted in the trail, so that the simulation has it
/// after the life.
class RemoteTarget {
 public:
  struct Table {
    std::string owner;
    std::optional<SinkMark> mark;
    std::map<std::string, std::vector<std::string>> units;  ///< as they came first
    std::map<std::string, std::vector<std::string>> taken;  ///< of these, without those refused
  };

  /// For a life. `now`: of its clock.
  void Begin(const TargetPlan& plan, BrokenRule broken, const Clock* clock, Trail* trail);

  Status Claim(const std::string& sink, const std::string& owner);
  Result<std::optional<SinkMark>> Mark(const std::string& sink);
  /// `refused`: positions of rows that it will never take.
  Status Insert(const RemoteUnit& unit, std::vector<size_t>& refused);
  /// Somebody else's start takes the table, and is not heard of again.
  void Usurp(const std::string& sink);

  /// What a life did, as far as it came; requests that were on their way may be done now.
  void Apply(const Trail& trail, Choices& choices);
  const std::map<std::string, Table>& tables() const { return tables_; }
  /// Refused for good by its content alone.
  static bool Refuses(const std::string& row);
  std::string TakeProblem() { return std::exchange(problem_, ""); }

 private:
  bool IsAway() const;
  Status DoClaim(const std::string& sink, const std::string& owner);
  Status Do(const RemoteUnit& unit);
  void DoLate(bool all);

  TargetPlan plan_;
  BrokenRule broken_ = BrokenRule::kNone;
  const Clock* clock_ = nullptr;
  Trail* trail_ = nullptr;
  Choices choices_{1};
  std::map<std::string, Table> tables_;
  std::vector<RemoteUnit> on_their_way_;
  std::string problem_;
};

}  // namespace weir::simulation
