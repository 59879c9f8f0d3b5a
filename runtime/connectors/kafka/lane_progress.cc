#include "runtime/connectors/kafka/lane_progress.h"

#include <fmt/format.h>

#include <sstream>

namespace weir {
namespace {

constexpr std::string_view kProgressVersion = "weir-progress/1";

}  // namespace

std::string LaneProgress::ToText() const {
  return fmt::format("{} {} {} {} {}", kProgressVersion, incarnation, place.epoch, place.index,
                     owner);
}

std::optional<LaneProgress> LaneProgress::FromText(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string version;
  LaneProgress progress;
  words >> version >> progress.incarnation >> progress.place.epoch >> progress.place.index >>
      progress.owner;
  if (words.fail() || version != kProgressVersion) return std::nullopt;
  return progress;
}

}  // namespace weir
