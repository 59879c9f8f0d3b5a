#include "runtime/exec/mark_review.h"

#include "runtime/base/log.h"
#include "runtime/checkpoint/committer.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/exec/state_slot.h"

namespace weir {
namespace {

std::string TextAt(const std::map<std::string, std::string>& entries, const std::string& name) {
  const auto found = entries.find(name);
  return found == entries.end() ? "" : found->second;
}

}  // namespace

Status MarkReview::Read(const Sinks& sinks) {
  if (options_.state == nullptr) return Status::Ok();
  Slots slots;
  WEIR_ASSIGN(slots.marks, ReadStateSlot(options_.state, kSinksOperator, kMarksSlot));
  WEIR_ASSIGN(slots.accepted, ReadStateSlot(options_.state, kSinksOperator, kAcceptedSlot));
  WEIR_ASSIGN(slots.positions, ReadStateSlot(options_.state, kSinksOperator, kPositionsSlot));
  for (const auto& [name, sink] : sinks) WEIR_TRY(ReviewSink(name, *sink, slots));
  return MakeStops(sinks);
}

Status MarkReview::ReviewSink(const std::string& name, SinkConnector& sink, const Slots& slots) {
  auto mark = sink.ReadMark();
  if (!mark.ok()) return mark.status().WithContext(name);
  if (*mark && (*mark)->incarnation == options_.incarnation) {
    highest_ = std::max(highest_, (*mark)->epoch);
  }
  StateStand stand{options_.incarnation, committed_, 0, {}};
  const std::string marked = TextAt(slots.marks, name);
  if (!marked.empty()) stand.marked = std::stoull(marked);
  bool was_muted = false;
  const std::string accepted = TextAt(slots.accepted, name);
  if (!accepted.empty()) {
    WEIR_ASSIGN(const StoredAcceptedMark stored, StoredAcceptedMark::FromText(accepted));
    was_muted = stored.muted;
    if (!stored.muted) stand.accepted = stored.mark;
    if (stored.muted && *mark && (*mark)->incarnation == stored.mark.incarnation &&
        (*mark)->epoch == stored.mark.epoch && !options_.accept_resend) {
      LogLine(fmt::format("sink {} goes on reading again what its target has, up to checkpoint {}",
                          name, stored.mark.epoch));
      muted_.push_back({name, stored.mark});
      return Status::Ok();
    }
  }
  Status fits = CheckMark(name, *mark, stand);
  if (fits.ok() && was_muted) {
    fits = FailedPreconditionError(
        "sink {}: the state was reading again what the target had, and the target is another one "
        "now ({})",
        name, *mark ? fmt::format("checkpoint {}", (*mark)->epoch) : "without a mark");
  }
  if (fits.ok()) {
    if (stand.accepted) Accept(name, stand.accepted);
    return Status::Ok();
  }
  if (options_.mute_until_mark) {
    return Mute(name, *mark, stand, fits, TextAt(slots.positions, kPositionsKey));
  }
  if (!options_.accept_resend) {
    return FailedPreconditionError("{}. {}", fits.message(), MarkAdvice(*mark));
  }
  LogLine(fmt::format("{}; goes on all the same (--accept-resend)", fits.message()));
  Accept(name, *mark);
  return Status::Ok();
}

void MarkReview::Accept(const std::string& name, const std::optional<SinkMark>& mark) {
  if (mark) accepted_.push_back({name, *mark, nullptr});
}

/// The state was restored from a snapshot of the state that wrote the mark, of this epoch or later.
bool MarkReview::IsOfOrigin(const SinkMark& mark) const {
  return mark.incarnation == options_.origin_incarnation && mark.epoch <= options_.origin_epoch;
}

Status MarkReview::Mute(const std::string& name, const std::optional<SinkMark>& mark,
                        const StateStand& stand, const Status& refusal,
                        const std::string& positions) {
  const bool of_this = mark && mark->incarnation == options_.incarnation;
  if (!mark || (of_this && mark->epoch <= committed_)) {
    return FailedPreconditionError("{}. --mute-until-mark does not help: the target is not ahead",
                                   refusal.message());
  }
  if (mark->positions.empty()) {
    return FailedPreconditionError(
        "sink {}: --mute-until-mark cannot be exact: the mark (incarnation {}, checkpoint {}) has "
        "no "
        "positions, since the target has some rows of that checkpoint and not others (the process "
        "ended while it delivered, or `batch` held some back), or an earlier version of weir wrote "
        "it. Use --accept-resend (rows may be repeated), or an empty target",
        name, mark->incarnation, mark->epoch);
  }
  if (!IsOfOrigin(*mark)) {
    // Units of another incarnation that this state lists are older than the mark.
    if (!of_this) has_all_.insert(name);
    muted_.push_back({name, *mark});
    return Status::Ok();
  }
  if (mark->epoch == options_.origin_epoch || mark->positions == positions) {
    has_all_.insert(name);
  } else if (mark->epoch != stand.marked || committed_ != options_.origin_epoch) {
    return FailedPreconditionError(
        "sink {}: the target has checkpoint {} of incarnation {}, from which this state was copied "
        "at checkpoint {}; which of the rows that wait in the copy it has is not known. Use "
        "--accept-resend (rows may be repeated)",
        name, mark->epoch, mark->incarnation, options_.origin_epoch);
  }
  Accept(name, mark);
  return Status::Ok();
}

Status MarkReview::MakeStops(const Sinks& sinks) {
  WEIR_ASSIGN(stops_, MakeMuteStops(muted_));
  for (const MutedSink& sink : muted_) {
    for (const MuteStop& stop : stops_) {
      for (const std::string& name : stop.sinks) {
        if (name == sink.name) accepted_.push_back({name, sink.mark, stop.unmuted_at});
      }
    }
  }
  if (stops_.empty()) return Status::Ok();
  for (const auto& [name, sink] : sinks) {
    if (!sink->KeepsMark()) stops_.back().sinks.push_back(name);
  }
  return Status::Ok();
}

}  // namespace weir
