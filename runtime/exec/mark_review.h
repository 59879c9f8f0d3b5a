#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/checkpoint/accepted_mark.h"
#include "runtime/checkpoint/mark_check.h"
#include "runtime/checkpoint/mute_stop.h"
#include "runtime/exec/job_options.h"

namespace weir {

class SinkConnector;

/// Compares the marks of all targets with the state before anything runs, and decides what becomes
/// of those that do not fit: refused, accepted (`accept_resend`), or muted up to where they are
/// (`mute_until_mark`); guarantees.md rule 6.
class MarkReview {
 public:
  using Sinks = std::vector<std::pair<std::string, SinkConnector*>>;

  /// `committed`: the state's last epoch. Both must outlive it.
  MarkReview(const JobOptions& options, uint64_t committed)
      : options_(options), committed_(committed) {}

  /// The first that is refused.
  Status Read(const Sinks& sinks);

  std::vector<MuteStop>& stops() { return stops_; }
  std::vector<AcceptedMark> TakeAccepted() { return std::move(accepted_); }
  /// Barriers get numbers above it.
  uint64_t highest_epoch() const { return highest_; }
  /// What the last commit lists of the sink is what its target has already.
  bool HasAllListed(const std::string& sink) const { return has_all_.contains(sink); }

 private:
  struct Slots {
    std::map<std::string, std::string> marks, accepted, positions;
  };

  Status ReviewSink(const std::string& name, SinkConnector& sink, const Slots& slots);
  Status Mute(const std::string& name, const std::optional<SinkMark>& mark, const StateStand& stand,
              const Status& refusal, const std::string& positions);
  void Accept(const std::string& name, const std::optional<SinkMark>& mark);
  bool IsOfOrigin(const SinkMark& mark) const;
  /// Sinks whose targets cannot tell are muted to the last stop.
  Status MakeStops(const Sinks& sinks);

  const JobOptions& options_;
  const uint64_t committed_;
  std::vector<MutedSink> muted_;
  std::vector<MuteStop> stops_;
  std::vector<AcceptedMark> accepted_;
  std::set<std::string> has_all_;
  uint64_t highest_ = 0;
};

}  // namespace weir
