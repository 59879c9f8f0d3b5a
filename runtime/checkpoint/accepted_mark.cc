#include "runtime/checkpoint/accepted_mark.h"

#include <fmt/format.h>

#include <sstream>

namespace weir {
namespace {

constexpr std::string_view kAccepted = "accepted";
constexpr std::string_view kMuted = "muted";

}  // namespace

std::string AcceptedMark::ToText(uint64_t epoch) const {
  if (!IsMutedAfter(epoch)) return fmt::format("{} {} {}", kAccepted, mark.incarnation, mark.epoch);
  return fmt::format("{} {} {} {}", kMuted, mark.incarnation, mark.epoch, mark.positions);
}

Result<StoredAcceptedMark> StoredAcceptedMark::FromText(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string kind;
  StoredAcceptedMark stored;
  words >> kind >> stored.mark.incarnation >> stored.mark.epoch;
  stored.muted = kind == kMuted;
  if (stored.muted) words >> stored.mark.positions;
  if (!words.fail() && (stored.muted || kind == kAccepted)) return stored;
  return DataLossError("the state has \"{}\" in place of a mark", text.substr(0, 60));
}

}  // namespace weir
