#include "compiler/flowc/human_units.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <utility>

namespace weir::flowc {

std::string BytesText(uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string DurationText(Micros duration) {
  constexpr std::array<std::pair<Micros, std::string_view>, 5> kUnits = {{
      {86'400 * kMicrosPerSecond, "d"},
      {3'600 * kMicrosPerSecond, "h"},
      {60 * kMicrosPerSecond, "min"},
      {kMicrosPerSecond, "s"},
      {1'000, "ms"},
  }};
  for (const auto& [size, name] : kUnits) {
    if (std::llabs(duration) < size) continue;
    return fmt::format("{:.3g} {}", static_cast<double>(duration) / static_cast<double>(size),
                       name);
  }
  return fmt::format("{} us", duration);
}

std::string TimeText(Micros time) {
  const time_t seconds = time / kMicrosPerSecond;
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%SZ", &parts);
  return text;
}

}  // namespace weir::flowc
