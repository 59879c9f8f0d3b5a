#include "runtime/checkpoint/mark_check.h"

namespace weir {
namespace {

std::string Text(const std::optional<SinkMark>& mark) {
  if (!mark) return "no mark";
  return fmt::format("the mark of incarnation {}, checkpoint {}", mark->incarnation, mark->epoch);
}

std::string Text(const StateStand& state) {
  if (state.epoch == 0) {
    return fmt::format("incarnation {} without a checkpoint", state.incarnation);
  }
  return fmt::format("incarnation {}, checkpoint {}, delivered up to {}", state.incarnation,
                     state.epoch, state.marked);
}

Status Refuse(const std::string& sink, const std::optional<SinkMark>& mark, const StateStand& state,
              std::string_view why) {
  return FailedPreconditionError("sink {}: {}: the target has {}; the state folder has {}", sink,
                                 why, Text(mark), Text(state));
}

}  // namespace

Status CheckMark(const std::string& sink, const std::optional<SinkMark>& mark,
                 const StateStand& state) {
  if (!mark) {
    return state.marked == 0 ? Status::Ok()
                             : Refuse(sink, mark, state, "what was delivered is gone");
  }
  if (state.accepted && mark->incarnation == state.accepted->incarnation &&
      mark->epoch <= state.accepted->epoch) {
    return Status::Ok();
  }
  if (mark->incarnation != state.incarnation) {
    return Refuse(sink, mark, state, "another state delivered to this target");
  }
  if (mark->epoch > state.epoch) {
    return Refuse(sink, mark, state, "the target is ahead of the state");
  }
  if (mark->epoch < state.marked) {
    return Refuse(sink, mark, state, "the target is older than the state");
  }
  return Status::Ok();
}

std::string_view MarkAdvice(const std::optional<SinkMark>& mark) {
  if (!mark) {
    return "Start with the target that it delivered to, or read all again with a new state folder. "
           "--accept-resend goes on here: this target then lacks what was delivered before";
  }
  return "Start from the state that delivered there or with an empty target. --mute-until-mark "
         "reads again and sends nothing up to where the target is; --accept-resend goes on "
         "regardless, rows may be repeated";
}

}  // namespace weir
