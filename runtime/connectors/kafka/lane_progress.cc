#include "runtime/connectors/kafka/lane_progress.h"

#include <fmt/format.h>

#include <iterator>
#include <sstream>

#include "runtime/base/take_number.h"

namespace weir {
namespace {

constexpr std::string_view kProgressKind = "weir-progress/";
constexpr int kProgressVersion = 2;
constexpr std::string_view kNone = "-";

bool ReadPlaces(std::string_view text, std::vector<LanePlace>& places) {
  if (text == kNone) return true;
  while (true) {
    LanePlace place;
    if (!TakeNumber(text, place.epoch) || !text.starts_with('.')) return false;
    text.remove_prefix(1);
    if (!TakeNumber(text, place.index)) return false;
    places.push_back(place);
    if (text.empty()) return true;
    if (!text.starts_with(',')) return false;
    text.remove_prefix(1);
  }
}

}  // namespace

std::string LaneProgress::ToText() const {
  std::string places;
  for (const LanePlace& each : stand.places) {
    fmt::format_to(std::back_inserter(places), "{}{}.{}", places.empty() ? "" : ",", each.epoch,
                   each.index);
  }
  return fmt::format("{}{} {} {} {} {} {} {}", kProgressKind, kProgressVersion, incarnation,
                     place.epoch, place.index, owner, places.empty() ? kNone : places,
                     stand.positions.empty() ? kNone : stand.positions);
}

std::optional<LaneProgress> LaneProgress::FromText(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string kind, places;
  LaneProgress progress;
  words >> kind;
  int version = 0;
  std::string_view number = kind;
  if (!number.starts_with(kProgressKind)) return std::nullopt;
  number.remove_prefix(kProgressKind.size());
  if (!TakeNumber(number, version) || !number.empty() || version < 1) return std::nullopt;
  progress.is_newer = version > kProgressVersion;
  if (progress.is_newer) return progress;
  words >> progress.incarnation >> progress.place.epoch >> progress.place.index >> progress.owner;
  if (version == 2) words >> places >> progress.stand.positions;
  if (words.fail()) return std::nullopt;
  if (version == 2 && !ReadPlaces(places, progress.stand.places)) return std::nullopt;
  if (progress.stand.positions == kNone) progress.stand.positions.clear();
  return progress;
}

}  // namespace weir
